internal import MoiraModel

/// Nobody can be spared in a sum by Paillier: a deadline ends it with the names of the silent.
extension PaillierSumAggregator: DeadlineMachine {
  public mutating func deadline() throws -> Step<PaillierSumMessage, SummedWords> {
    throw SecureSumRefusal.silent(waitingFor, .upload, of: terms.clients.count)
  }
}

extension PaillierKeyAggregator: DeadlineMachine {
  public mutating func deadline() throws -> Step<PaillierKeyMessage, Output> {
    throw SecureSumRefusal.silent(waitingFor, .offer, of: terms.clients.count)
  }
}

extension SecureSumRefusal {
  /// All are needed, and these are missing.
  static func silent(
    _ missing: [PartyID], _ kind: SecureSumRule.Kind, of count: Int
  ) -> SecureSumRefusal {
    .tooFewLeft(kind, missing: missing, left: count - missing.count, needed: count)
  }
}
