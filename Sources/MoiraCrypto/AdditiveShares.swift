/// A vector of words split among n parties, of whom only all together know it.
///
/// n − 1 shares are the keystreams of seeds of 32 bytes, for the others; the last one, the vector
/// minus all of these in ℤ₂⁶⁴, stays with the dealer. So no share that travels is longer than a
/// seed. Any n − 1 shares look uniform to whoever cannot break AES-256.
public struct AdditiveShares: Sendable {
  /// One for each other party.
  public let seeds: [MaskSeed]
  /// The dealer's own share.
  public let rest: [UInt64]

  /// - Parameter others: n − 1.
  public init(
    of words: consuming [UInt64], others: Int, using generator: inout some RandomNumberGenerator
  ) {
    var seeds: [MaskSeed] = []
    for _ in 0..<others { seeds.append(MaskSeed(using: &generator)) }
    applyMasks(seeds.map { SignedMask(.subtract, MaskStream(seed: $0)) }, to: &words)
    self.seeds = seeds
    rest = words
  }
}

extension AdditiveShares: CustomStringConvertible, CustomReflectable {
  public var description: String { "AdditiveShares(for \(seeds.count) others, hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["others": seeds.count]) }
}
