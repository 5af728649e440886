/// One party's share of a vector of words.
public enum VectorShare: Sendable {
  /// The share grows from 32 bytes.
  case seed(MaskSeed)
  case elements(FieldVector)
}

extension VectorShare {
  /// The share itself, of `count` elements.
  public func vector(count: Int) -> FieldVector {
    switch self {
    case .seed(let seed): FieldVector(seed: seed, count: count)
    case .elements(let vector): vector
    }
  }
}

extension ShamirShares {
  /// The shares of a vector of words of ℤ₂⁶⁴, of point 1 first, over GF(2¹²⁷ − 1).
  ///
  /// A polynomial of degree t − 1 is fixed by the secret at zero and any t − 1 other values. So the
  /// t − 1 parties that come after the dealer, counted round, get the seeds of their random values,
  /// 32 bytes each; the values of the other n − t + 1, the dealer's among them, are interpolated
  /// and have 16 bytes an element.
  ///
  /// - Parameter dealer: The dealer's point.
  /// - Throws: `ShamirError.pointOutOfRange`.
  /// - Complexity: O(t·(n − t + 1)·d) products.
  public func split(
    _ words: [UInt64], dealer: Int, using generator: inout some RandomNumberGenerator
  ) throws(ShamirError) -> [VectorShare] {
    guard (1...parties).contains(dealer) else { throw .pointOutOfRange(dealer) }
    let seeded = (1..<threshold).map { (dealer - 1 + $0) % parties + 1 }
    var seeds: [Int: MaskSeed] = [:]
    for point in seeded { seeds[point] = MaskSeed(using: &generator) }
    var known = [FieldVector(ringWords: words)]
    for point in seeded {
      if let seed = seeds[point] { known.append(FieldVector(seed: seed, count: words.count)) }
    }
    let knownPoints = [Mersenne127.zero] + seeded.map { Mersenne127($0) }
    var shares: [VectorShare] = []
    for point in 1...parties {
      if let seed = seeds[point] {
        shares.append(.seed(seed))
      } else {
        let coefficients = lagrangeCoefficients(of: knownPoints, at: Mersenne127(point))
        shares.append(.elements(try combination(of: known, coefficients)))
      }
    }
    return shares
  }
}

private func combination(
  of vectors: [FieldVector], _ coefficients: [Mersenne127]
) throws(ShamirError) -> FieldVector {
  var sum = FieldVector(zeros: vectors.first?.count ?? 0)
  for (vector, coefficient) in zip(vectors, coefficients) {
    try sum.add(vector, times: coefficient)
  }
  return sum
}
