public import MoiraModel

/// Which rows take part in a step: each with probability q, independently of all others.
///
/// This, and no shuffle cut into batches, is what the accountant counts on. The size of the batch
/// differs from step to step and gives rows away: whoever divides the sum divides by the expected
/// size, q · n, or by a public constant. An empty batch is a batch like any other, noise and all.
public struct PoissonSample: Hashable, Sendable {
  public let rate: Double
  private let threshold: UInt64

  /// - Parameter rate: q, rounded down to a multiple of 2⁻⁶⁴, so that no row is in more often.
  /// - Throws: `privacy-out-of-range` where the rate is not in (0, 1].
  public init(rate: Double) throws(Failure) {
    try PrivacyRules.requireSampleRate(rate)
    self.rate = rate
    threshold = rate < 1 ? UInt64(rate * 0x1p64) : .max
  }

  /// The numbers of the chosen rows, ascending, out of 0 ..< rowCount.
  ///
  /// - Complexity: one word of the generator for each row. The generator is to be a secure one.
  public func rows(outOf rowCount: Int, using generator: inout some RandomNumberGenerator) -> [Int]
  {
    precondition(rowCount >= 0)
    guard rate < 1 else { return Array(0..<rowCount) }
    var chosen: [Int] = []
    for row in 0..<rowCount where generator.next() < threshold { chosen.append(row) }
    return chosen
  }
}
