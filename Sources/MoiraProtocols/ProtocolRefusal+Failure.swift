public import MoiraCrypto
public import MoiraModel

extension ProtocolRefusal {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .tooFewClients(let count):
      Failure(
        "too-few-parties",
        "secure aggregation must have at least \(KeyAgreementTerms.leastClients) parties with data,"
          + " but has \(count)",
        hint: "with two parties each reads the other's update from the sum; add a party, or write"
          + " 'method: none' to send updates in clear")
    case .tooManyClients(let count):
      Failure(
        "party-count-out-of-range",
        "a sum must have at most \(FixedPoint.partyLimit) parties, but has \(count)")
    case .noClients:
      Failure("protocol-setup", "a sum must have at least 1 party, but has none")
    case .listedTwice(let party):
      Failure("protocol-setup", "\(party) is listed twice among the parties of a sum")
    case .aggregatorIsClient(let party):
      Failure("protocol-setup", "the aggregator \(party) must not be a party of the sum")
    case .notAClient(let party):
      Failure("protocol-setup", "\(party) is not among the parties of the sum")
    case .wrongCount(let given, let agreed):
      Failure("protocol-setup", "a vector must have \(agreed) words as agreed, but has \(given)")
    case .otherKeys:
      Failure("protocol-setup", "the masking keys belong to another key roster than was agreed")
    case .masking(let error): error.failure
    case .thresholdOutOfRange(let threshold, let parties):
      Failure(
        "threshold-out-of-range",
        "'threshold' must be more than half of the \(parties) parties that share a secret and at most all, but is \(threshold)"
      )
    case .unknownIdentity(let party):
      Failure(
        "identity-unknown", "the job pins no identity key for \(party), or another one than it has",
        hint: "submit the job anew, so that every party's identity is pinned")
    }
  }
}

extension MaskingError {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .notInRoster(let party):
      Failure("protocol-setup", "the key roster does not have the key of \(party)")
    case .unfitKey(let party, let error):
      Failure("protocol-setup", "the key of \(party) \(error.phrase)")
    case .otherScope(let label, let keys):
      Failure(
        "protocol-setup",
        "the keys of task '\(keys.task)' attempt \(keys.attempt) must not mask for task"
          + " '\(label.task)' attempt \(label.attempt)")
    case .labelUsed(let label):
      Failure(
        "mask-reused",
        "'\(label.tensor)' of round \(label.round) must be masked once, but a second vector came",
        hint: "two vectors under one mask give away their difference; number the rounds anew")
    }
  }
}
