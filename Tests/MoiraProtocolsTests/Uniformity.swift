/// χ² over the 256 values of each of the 8 bytes of a word.
func bytesChiSquare(_ words: [UInt64]) -> [Double] {
  (0..<8).map { position in
    var seen = [Double](repeating: 0, count: 256)
    for word in words { seen[Int(word >> (8 * UInt64(position)) & 0xff)] += 1 }
    let expected = Double(words.count) / 256
    return seen.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
  }
}

/// The upper 1.25·10⁻¹⁰ point of χ² with 255 degrees of freedom, by Wilson and Hilferty with
/// z = 6.33: 255·(1 − 2/(9·255) + 6.33·√(2/(9·255)))³ = 425.1. For eight bytes, a false alarm has
/// the probability 10⁻⁹.
let byteLimit = 425.1

/// Whether no byte of the words tells them from uniform ones. A false alarm has the probability 10⁻⁹.
func looksUniform(_ words: [UInt64]) -> Bool {
  words.count >= 1 << 12 && bytesChiSquare(words).allSatisfy { $0 < byteLimit }
}

/// How many standard deviations apart bit `bit` is in words of even and of odd index.
func distinction(_ words: [UInt64], bit: UInt64) -> Double {
  var ones = [0.0, 0.0]
  for (index, word) in words.enumerated() { ones[index % 2] += Double(word >> bit & 1) }
  let half = Double(words.count) / 2
  let pooled = (ones[0] + ones[1]) / (2 * half)
  guard pooled > 0, pooled < 1 else { return 0 }
  return abs(ones[0] - ones[1]) / (2 * half * pooled * (1 - pooled)).squareRoot()
}

/// The two-sided 10⁻⁹ / 64 point of the normal distribution is 6.75: over all bits, a false alarm has
/// the probability 10⁻⁹.
let bitLimit = 6.75
