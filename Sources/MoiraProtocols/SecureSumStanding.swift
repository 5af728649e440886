internal import MoiraCrypto
public import MoiraModel

/// Where the aggregator stands between two secure sums of one attempt.
public struct SecureSumStanding: Sendable {
  /// How far a client has got: its messages come in this order, each once.
  struct Stage: Hashable, Comparable {
    let round: Int
    let kind: SecureSumRule.Kind

    static func < (one: Stage, other: Stage) -> Bool {
      (one.round, one.kind) < (other.round, other.kind)
    }
  }

  public let terms: SecureSumTerms
  /// The last round that was begun.
  var round = 0
  /// What came for the next round; empty before the first.
  var offers: [PartyID: RoundOffer] = [:]
  /// The last message of each client.
  var heard: [PartyID: Stage] = [:]

  public init(_ terms: SecureSumTerms) { self.terms = terms }

  /// The clients that are not in the next round unless they come back before the one after it.
  public var absent: [PartyID] {
    round == 0 ? [] : terms.clients.filter { offers[$0] == nil }
  }
}

/// What a secure sum came to at the aggregator.
public struct SecureSumOutcome: Sendable {
  /// The sum over the survivors.
  public let sum: SummedWords
  /// Who was in the round, but did not survive it.
  public let dropped: [PartyID]
  /// For the next sum.
  public let standing: SecureSumStanding
}
