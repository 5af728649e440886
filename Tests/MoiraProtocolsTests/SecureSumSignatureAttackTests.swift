import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// An aggregator that forges what the survivors sign. Hostile test 2, in active mode.
@Suite struct `Secure sum whose confirmations are forged` {
  static let all = hospitals(5)
  static let own: PartyID = "hospital-1"

  /// Five clients, of which the last colludes; the victim has signed the set of all.
  static func bench() throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5), insiders: ["hospital-4"])
    try bench.begin()
    try bench.enter()
    return bench
  }

  func refused(
    _ bench: SecureBench, _ confirmations: [SecureSumMessage.Confirmation],
    _ rule: ProtocolViolation.Rule
  ) throws {
    let header = try bench.header()
    #expect(throws: ProtocolViolation(arbiter, rule)) {
      try bench.tell(Self.own, .confirmed(header, confirmations))
    }
  }

  @Test("t signatures are needed, of t survivors, under this very set of this very round")
  func signatures() throws {
    let bench = try Self.bench()
    let good = try bench.confirmations(Self.all, of: Array(Self.all.prefix(4)))
    let insider = try bench.signature(of: "hospital-4", under: Self.all)
    try refused(bench, [], .secure(.tooFewSignatures(0, needed: 4)))
    try refused(bench, Array(good.prefix(3)), .secure(.tooFewSignatures(3, needed: 4)))
    try refused(bench, Array(good.prefix(3)) + [good[0]], .listedTwice("hospital-0"))
    try refused(bench, [insider, insider] + good.prefix(2), .listedTwice("hospital-4"))
    func forged(_ party: PartyID, _ signature: [UInt8]) throws {
      try refused(
        bench, good.prefix(3) + [.init(party: party, signature: signature)],
        .secure(.badSignature(.confirmed, of: party)))
    }
    try forged("hospital-3", good[2].signature)
    try forged("hospital-3", insider.signature)
    try forged("hospital-3", [])
    try forged("hospital-3", [UInt8](repeating: 0, count: 64))
    try forged("hospital-4", try bench.signature(of: "hospital-4", under: Self.all.dropLast()).signature)
    var flipped = good[3].signature
    flipped[40] ^= 1
    try forged("hospital-3", flipped)
    let other = try SecureBench(try SecureParties(5, seed: 2))
    try other.begin()
    try other.enter()
    try forged("hospital-3", try other.confirmations(Self.all, of: ["hospital-3"])[0].signature)
    let answer = try bench.tell(
      Self.own, .confirmed(try bench.header(), good.prefix(3) + [insider]))
    #expect(answered(answer).seeds.count == 5)
  }

  @Test("who did not survive, or was never planned, does not confirm")
  func outsiders() throws {
    let bench = try Self.bench()
    let set = Array(Self.all.prefix(4))
    let good = try bench.confirmations(set, of: Array(set.prefix(3)))
    let insider = try bench.signature(of: "hospital-4", under: set)
    try refused(bench, good + [insider], .secure(.notASurvivor("hospital-4")))
    let stranger = SecureSumMessage.Confirmation(party: "mallory", signature: insider.signature)
    try refused(bench, good + [stranger], .secure(.notASurvivor("mallory")))
  }

  @Test("confirmations are not asked for before the set, nor twice, nor in passive mode")
  func order() throws {
    let bench = try Self.bench()
    try refused(bench, [], .secure(.unexpected(.confirmed)))
    let good = try bench.confirmations(Self.all, of: Array(Self.all.prefix(4)))
    _ = try bench.tell(Self.own, .confirmed(try bench.header(), good))
    try refused(bench, good, .secure(.replayed(.confirmed)))
    let passive = try SecureBench(try SecureParties(5, isActive: false))
    try passive.begin()
    try passive.enter()
    try refused(passive, good, .secure(.unexpected(.confirmed)))
  }

  @Test("a signature of one round is none in the next, though the set is the same")
  func otherRound() throws {
    let bench = try SecureBench(try SecureParties(5))
    try bench.begin()
    try bench.enter()
    let old = try bench.confirmations(Self.all, of: Self.all)
    for client in Self.all { try bench.tell(client, try bench.total(Self.all, for: client)) }
    try bench.begin(2)
    let signed = try bench.confirmations(Self.all, of: Array(Self.all.prefix(3)))
    try refused(
      bench, signed + [old[4]], .secure(.badSignature(.confirmed, of: "hospital-4")))
  }
}
