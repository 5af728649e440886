public import MoiraModel

extension SecretSharingRefusal {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .terms(.tooFewClients(let count)):
      Failure(
        "too-few-parties",
        "secret sharing must have at least \(KeyAgreementTerms.leastClients) parties with data,"
          + " but has \(count)",
        hint: "with two parties each reads the other's update from the sum; add a party, or write"
          + " 'method: none' to send updates in clear")
    case .terms(let refusal): refusal.failure
    case .thresholdOutOfRange(let threshold, let clients):
      Failure(
        "threshold-out-of-range",
        "the threshold must lie in \(clients / 2 + 1) ... \(clients) for \(clients) parties,"
          + " but is \(threshold)",
        hint: "with half of the parties or fewer, two sets could give two sums of one round")
    case .tooFewLeft(let missing, let left, let needed):
      Failure(
        "parties-missing",
        "a sum by shares must have \(needed) parties to the end, but has \(left) without"
          + " \(missing.map(\.text).joined(separator: ", "))")
    case .sumOutOfRange(let index):
      Failure("sum-out-of-range", "slot \(index) of the sum is more than the parties can send")
    }
  }
}

extension SecretSharingRule {
  /// What follows on the sender's name.
  var sentence: String {
    switch self {
    case .unexpected(let kind): "sent \(kind.phrase), which is not for it to send"
    case .sentTwice(let kind): "sent \(kind.phrase) twice"
    case .otherForm(let sent, let agreed):
      "shares by '\(sent.word)', but '\(agreed.word)' was agreed"
    case .wrongShareCount(let sent, let expected):
      "sent \(sent) sealed shares, but \(expected) were expected"
    case .unfitShare(let party): "sent a share of \(party) that has not a share's length"
    case .brokenSeal(let party): "sent a share of \(party) whose seal is broken"
    case .notAnnounced(let party): "sent a set of summed parties that does not have \(party)"
    case .unasked: "sent a summed share that was not asked for"
    case .tooFewAnnounced(let count, let needed):
      "announced \(count) summed parties, but \(needed) are needed"
    case .otherSet: "sent a second set of summed parties"
    case .notInField(let index): "sent a share whose element \(index) is not in the field"
    case .sumOutOfRange(let index):
      "sent the last share of a sum whose slot \(index) is more than the parties can send"
    }
  }
}

extension SecretSharingRule.Kind {
  fileprivate var phrase: String {
    switch self {
    case .deal: "a deal of shares"
    case .announcement: "an announcement of summed parties"
    case .summedShare: "a summed share"
    case .total: "a total"
    }
  }
}

extension ProtocolViolation {
  init(_ sender: PartyID, sharing rule: SecretSharingRule) {
    self.init(sender, .sharing(rule))
  }
}
