import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Words about violations` {
  static let second = TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 2)

  @Test(
    "every rule has its sentence",
    arguments: [
      (.unreadable(.endsEarly), "sent bytes that are no message: they end early"),
      (
        .unreadable(.lengthOverLimit(9)),
        "sent bytes that are no message: a length of 9 is over the limit"
      ),
      (.unreadable(.unknownCase(7)), "sent bytes that are no message: case 7 is unknown"),
      (.unreadable(.unknownVersion(2)), "sent bytes that are no message: version 2 is unknown"),
      (.unreadable(.notUTF8), "sent bytes that are no message: a text is not UTF-8"),
      (.unreadable(.trailingBytes(4)), "sent bytes that are no message: 4 bytes follow on it"),
      (.unknownSender, "sent a message, but has no part in this protocol"),
      (.unexpected(.total), "sent a total, which is not for it to send"),
      (.sentTwice(.upload), "sent an upload twice"),
      (.sentTwice(.publicKey), "sent a public key twice"),
      (.unexpected(.roster), "sent a key roster, which is not for it to send"),
      (
        .otherScope(sent: second, agreed: scope),
        "sent a message for job 7f3a09c2 task 'homo_lr_0' attempt 2, but job 7f3a09c2 task "
          + "'homo_lr_0' attempt 1 was agreed"
      ),
      (.otherRound(sent: 2, agreed: 3), "sent round 2, but round 3 was agreed"),
      (.otherTensor(sent: "b", agreed: "w"), "sent 'b', but 'w' was agreed"),
      (.otherTensor(sent: "b\n\u{1b}[2Jé", agreed: "w"), "sent 'b??[2J?', but 'w' was agreed"),
      (.otherModel, "started from another global model than was agreed"),
      (
        .otherMethod(sent: .none, agreed: .secureAggregation),
        "used method 'none', but 'secure_aggregation' was agreed"
      ),
      (.otherRoster, "masks under another key roster than was agreed"),
      (.wrongCount(sent: 31, agreed: 30), "sent 31 words, but 30 were agreed"),
      (.countMismatch(announced: 30, sent: 31), "announced 30 words, but sent 31"),
      (
        .unfitKey(of: "hospital-c", .lowOrder),
        "sent a key of hospital-c that is of low order, so that masks made with it would hide "
          + "nothing"
      ),
      (
        .unfitKey(of: "hospital-c", .notCanonical),
        "sent a key of hospital-c that is not written in its canonical form"
      ),
      (
        .unfitKey(of: "hospital-c", .wrongLength(3)),
        "sent a key of hospital-c that has 3 bytes instead of 32"
      ),
      (
        .sharedKey("hospital-a", "hospital-b"),
        "sent one key for both hospital-a and hospital-b"
      ),
      (.listedTwice("hospital-c"), "listed hospital-c twice"),
      (.missing("hospital-c"), "left hospital-c out of the key roster"),
      (.unplanned("mallory"), "listed 'mallory', which the plan does not name"),
      (
        .alteredKey(of: "hospital-a"),
        "listed another key for hospital-a than hospital-a sent"
      ),
      (
        .unsignedKey(of: "hospital-c"),
        "sent a key of hospital-c that hospital-c has not signed"
      ),
    ] as [(ProtocolViolation.Rule, String)])
  func violation(rule: ProtocolViolation.Rule, expected: String) {
    let failure = ProtocolViolation("hospital-b", rule).failure
    #expect(failure.code == "protocol-violation")
    #expect(failure.message == "hospital-b " + expected)
  }

  @Test(
    "every refusal has its sentence",
    arguments: [
      (
        .tooFewClients(2), "too-few-parties",
        "secure aggregation must have at least 3 parties with data, but has 2"
      ),
      (
        .tooManyClients(1025), "party-count-out-of-range",
        "a sum must have at most 1024 parties, but has 1025"
      ),
      (.noClients, "protocol-setup", "a sum must have at least 1 party, but has none"),
      (.listedTwice("a"), "protocol-setup", "a is listed twice among the parties of a sum"),
      (
        .aggregatorIsClient("a"), "protocol-setup",
        "the aggregator a must not be a party of the sum"
      ),
      (.notAClient("a"), "protocol-setup", "a is not among the parties of the sum"),
      (
        .wrongCount(given: 1, agreed: 2), "protocol-setup",
        "a vector must have 2 words as agreed, but has 1"
      ),
      (
        .otherKeys, "protocol-setup",
        "the masking keys belong to another key roster than was agreed"
      ),
      (
        .thresholdOutOfRange(2, parties: 4), "threshold-out-of-range",
        "'threshold' must be more than half of the 4 parties that share a secret and at most all, "
          + "but is 2"
      ),
      (
        .unknownIdentity("a"), "identity-unknown",
        "the job pins no identity key for a, or another one than it has"
      ),
      (
        .masking(.notInRoster("a")), "protocol-setup",
        "the key roster does not have the key of a"
      ),
      (
        .masking(.unfitKey(of: "a", .notCanonical)), "protocol-setup",
        "the key of a is not written in its canonical form"
      ),
      (
        .masking(.otherScope(label: second, keys: scope)), "protocol-setup",
        "the keys of task 'homo_lr_0' attempt 1 must not mask for task 'homo_lr_0' attempt 2"
      ),
      (
        .masking(.labelUsed(MaskLabel(scope: scope, round: 3, tensor: "w"))), "mask-reused",
        "'w' of round 3 must be masked once, but a second vector came"
      ),
    ] as [(ProtocolRefusal, String, String)])
  func refusal(refusal: ProtocolRefusal, code: String, expected: String) {
    #expect(refusal.failure.code == code)
    #expect(refusal.failure.message == expected)
  }

  @Test("too few parties get a hint that says why and what to do")
  func hint() {
    #expect(
      ProtocolRefusal.tooFewClients(2).failure.hint
        == "with two parties each reads the other's update from the sum; add a party, or write "
        + "'method: none' to send updates in clear")
  }
}
