import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Words about secure sums` {
  @Test(
    "every rule has its sentence",
    arguments: [
      (.unexpected(.offer), "sent an offer of keys, which is not for it to send now"),
      (.unexpected(.roster), "sent a key roster, which is not for it to send now"),
      (.unexpected(.upload), "sent an upload, which is not for it to send now"),
      (.unexpected(.survivors), "sent a list of survivors, which is not for it to send now"),
      (.unexpected(.confirmation), "sent a confirmation, which is not for it to send now"),
      (.unexpected(.confirmed), "sent confirmations, which is not for it to send now"),
      (.unexpected(.unmasking), "sent shares to unmask with, which is not for it to send now"),
      (.unexpected(.total), "sent a total, which is not for it to send now"),
      (.replayed(.upload), "sent an upload again"),
      (.replayed(.total), "sent a total again"),
      (
        .otherRound(.offer, sent: 2, agreed: 3),
        "sent an offer of keys of round 2, but round 3 was agreed"
      ),
      (
        .badSignature(.offer, of: "hospital-c"),
        "sent an offer of keys with a signature that is not hospital-c's"
      ),
      (.wrongShareCount(sent: 4, expected: 5), "sent 4 shares or tags, but 5 were expected"),
      (.unfitShare(of: "hospital-c"), "sent what is no share of hospital-c's secret"),
      (
        .brokenSeal(of: "hospital-c"), "sent a share of hospital-c's secret whose seal is broken"
      ),
      (
        .tooFewListed(.survivors, 3, needed: 4),
        "sent a list of survivors with 3 parties, but 4 are needed"
      ),
      (.notInRound("hospital-c"), "listed hospital-c, which is not in the round"),
      (
        .notASurvivor("hospital-c"), "asked as if hospital-c had survived, which it has not"
      ),
      (.otherSurvivors, "named other survivors than before in the same round"),
      (.tooFewConfirmed(3, needed: 4), "sent valid confirmations of 3 parties, but 4 are needed"),
      (
        .otherSecret(of: "hospital-c"),
        "has a secret whose shares do not give what hospital-c bound itself to"
      ),
    ] as [(SecureSumRule, String)])
  func violation(rule: SecureSumRule, expected: String) {
    let failure = ProtocolViolation("hospital-b", .secure(rule)).failure
    #expect(failure.code == "protocol-violation")
    #expect(failure.message == "hospital-b " + expected)
  }

  @Test(
    "a name that no plan has is shown without what a terminal would obey",
    arguments: [
      (
        .secure(.notASurvivor("b\n\u{1b}[2Jé")),
        "asked as if b??[2J? had survived, which it has not"
      ),
      (.listedTwice("b\n\u{1b}[2Jé"), "listed b??[2J? twice"),
      (.unplanned("b\n\u{1b}[2Jé"), "listed 'b??[2J?', which the plan does not name"),
    ] as [(ProtocolViolation.Rule, String)])
  func printable(rule: ProtocolViolation.Rule, expected: String) {
    #expect(ProtocolViolation("hospital-b", rule).failure.message == "hospital-b " + expected)
  }

  @Test(
    "every refusal has its sentence, and a silence can be tried again",
    arguments: [
      (
        .terms(.tooFewClients(2)), "too-few-parties",
        "secure aggregation must have at least 3 parties with data, but has 2", false
      ),
      (
        .roundUsed(3), "mask-reused", "round 3 must be begun once, but has been begun before",
        false
      ),
      (
        .tooFewLeft(.upload, missing: ["hospital-b", "hospital-c"], left: 3, needed: 4),
        "parties-silent",
        "at least 4 parties must send an upload, but 3 did; nothing came from "
          + "hospital-b, hospital-c",
        true
      ),
      (
        .tooFewLeft(.offer, missing: ["a"], left: 2, needed: 3), "parties-silent",
        "at least 3 parties must send an offer of keys, but 2 did; nothing came from a", true
      ),
      (
        .tooFewLeft(.confirmation, missing: ["a"], left: 2, needed: 3), "parties-silent",
        "at least 3 parties must send a confirmation, but 2 did; nothing came from a", true
      ),
      (
        .tooFewLeft(.unmasking, missing: ["a"], left: 2, needed: 3), "parties-silent",
        "at least 3 parties must send shares to unmask with, but 2 did; nothing came from a", true
      ),
    ] as [(SecureSumRefusal, String, String, Bool)])
  func refusal(refusal: SecureSumRefusal, code: String, message: String, isTransient: Bool) {
    #expect(refusal.failure.code == code)
    #expect(refusal.failure.message == message)
    #expect(refusal.failure.isTransient == isTransient)
  }

  @Test("hints say what to do")
  func hints() {
    #expect(
      SecureSumRefusal.roundUsed(3).failure.hint
        == "two vectors under one mask give away their difference; number the rounds anew")
    #expect(
      SecureSumRefusal.tooFewLeft(.upload, missing: ["a"], left: 2, needed: 3).failure.hint
        == "see whether they run and can be reached; a larger 'round_timeout' waits longer")
  }
}
