/// The bytes of a test vector; spaces are skipped.
func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.compactMap(\.hexDigitValue).map(UInt8.init)
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// 32 bytes that follow from a seed.
func secret(_ seed: UInt8) -> [UInt8] { (0..<32).map { $0 &* 37 &+ seed } }
