/// A generator whose whole sequence follows from its seed: xoshiro256**.
///
/// For shuffles, starts and tests; never for keys or noise that protects.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (ACM TOMS 2021).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var mixer = seed
    state = (splitMix(&mixer), splitMix(&mixer), splitMix(&mixer), splitMix(&mixer))
  }

  public mutating func next() -> UInt64 {
    let result = rotateLeft(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotateLeft(state.3, 45)
    return result
  }

  /// Uniform in [0, 1), with 53 random bits.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// One step of SplitMix64.
private func splitMix(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9E37_79B9_7F4A_7C15
  return mix64(state)
}

/// The finisher of SplitMix64: a bijection in which every output bit depends on every input bit.
public func mix64(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

private func rotateLeft(_ value: UInt64, _ count: UInt64) -> UInt64 {
  value << count | value >> (64 - count)
}
