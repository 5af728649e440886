public import MoiraModel

/// The sum of all parties' vectors in the ring.
public struct SummedWords: Hashable, Sendable {
  public let words: [UInt64]
  /// Whose vectors are in it, by id.
  public let parties: [PartyID]

  public init(words: [UInt64], parties: [PartyID]) {
    self.words = words
    self.parties = parties
  }
}
