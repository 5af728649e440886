import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

@Suite struct `Secure sum` {
  @Test("is the sum of all, in every round and any order of delivery", arguments: 0..<60)
  func sums(seed: UInt64) throws {
    let parties = try SecureParties(3 + Int(seed % 4), isActive: seed % 2 == 0, seed: seed)
    var run = try SecureSimulation(parties, rounds: 3, count: Int(seed % 7), seed: seed)
    try run.run()
    for (index, outcome) in run.outcomes.enumerated() {
      #expect(outcome.sum.parties == parties.clients)
      #expect(outcome.sum.words == run.expected(parties.clients, round: index + 1))
      #expect(outcome.dropped.isEmpty)
      #expect(outcome.standing.absent.isEmpty)
      for client in run.clients.values { #expect(client.outputs[index] == outcome.sum) }
    }
  }

  /// A client of five sends an offer, then an upload and an unmasking each round.
  @Test(
    "a client that vanishes after any of its messages costs nothing but itself",
    arguments: 1...7, 0..<8)
  func vanishes(afterSending: Int, seed: UInt64) throws {
    let parties = try SecureParties(5, seed: seed)
    let cut = SecureSimulation.Cut(party: "hospital-2", afterSending: afterSending)
    var run = try SecureSimulation(parties, rounds: 3, count: 4, cuts: [cut], seed: seed)
    try run.run()
    try check(run, steady: parties.clients.filter { $0 != "hospital-2" })
    // Its seventh message is its unmasking of the third round, to which it has uploaded.
    let isIn = afterSending == 7
    #expect(run.outcomes[2].sum.parties.contains("hospital-2") == isIn)
  }

  @Test(
    "a client that comes back is in again soon, in whatever order messages come", arguments: 0..<60)
  func comesBack(seed: UInt64) throws {
    let parties = try SecureParties(5, isActive: seed % 3 != 0, seed: seed)
    let cut = SecureSimulation.Cut(
      party: "hospital-4", afterSending: 1 + Int(seed % 8), backInRound: 5)
    var run = try SecureSimulation(parties, rounds: 12, count: 2, cuts: [cut], seed: seed)
    try run.run()
    try check(run, steady: Array(parties.clients.prefix(4)))
    #expect(run.outcomes[11].sum.parties == parties.clients)
    #expect(run.clients["hospital-4"]?.outputs.count == 12)
  }

  @Test("whoever is cut off, and whenever: the sum is that of the survivors", arguments: 0..<100)
  func random(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let parties = try SecureParties(4 + Int(seed % 6), isActive: seed % 4 != 0, seed: seed)
    let spare = parties.clients.count - parties.terms.threshold
    let gone = parties.clients.shuffled(using: &generator).prefix(spare)
    let cuts = gone.map { party in
      SecureSimulation.Cut(
        party: party, afterSending: Int.random(in: 1...16, using: &generator),
        backInRound: Bool.random(using: &generator) ? Int.random(in: 2...6, using: &generator) : nil
      )
    }
    var run = try SecureSimulation(parties, rounds: 6, count: 3, cuts: cuts, seed: seed)
    try run.run()
    try check(run, steady: parties.clients.filter { !gone.contains($0) })
  }

  /// The sums are those of the survivors, the steady ones survive, and all that have a sum have the
  /// same one.
  private func check(_ run: SecureSimulation, steady: [PartyID]) throws {
    for (index, outcome) in run.outcomes.enumerated() {
      #expect(Set(outcome.sum.parties).isSuperset(of: steady))
      #expect(outcome.sum.words == run.expected(outcome.sum.parties, round: index + 1))
      for client in run.clients.values where index < client.outputs.count {
        #expect(client.outputs[index] == outcome.sum)
      }
    }
    for client in steady { #expect(run.clients[client]?.outputs.count == run.outcomes.count) }
  }

  @Test("with fewer than the threshold the round fails, and names who is missing")
  func tooFew() throws {
    let parties = try SecureParties(5)
    let cuts = ["hospital-1", "hospital-3"].map {
      SecureSimulation.Cut(party: $0, afterSending: 2)
    }
    var run = try SecureSimulation(parties, rounds: 2, count: 2, cuts: cuts, seed: 5)
    #expect(
      throws: SecureSumRefusal.tooFewLeft(
        .upload, missing: ["hospital-1", "hospital-3"], left: 3, needed: 4)
    ) { try run.run() }
  }

  @Test("two and three clients of fewer than the threshold are refused before anything is sent")
  func terms() throws {
    #expect(throws: ProtocolRefusal.tooFewClients(2)) { try SecureParties(2) }
    #expect(throws: ProtocolRefusal.thresholdOutOfRange(2, parties: 4)) {
      try SecureParties(4, threshold: 2)
    }
    #expect(throws: ProtocolRefusal.thresholdOutOfRange(5, parties: 4)) {
      try SecureParties(4, threshold: 5)
    }
    #expect(try SecureParties(3).terms.threshold == 3)
    #expect(try SecureParties(4).terms.threshold == 3)
    #expect(try SecureParties(10).terms.threshold == 7)
  }

  @Test(
    "130 clients sum along the ring of neighbours, with none and with some of them gone",
    arguments: [0, 8])
  func ring(gone: Int) throws {
    let parties = try SecureParties(130)
    let cuts = parties.clients.prefix(gone).map {
      SecureSimulation.Cut(party: $0, afterSending: 2)
    }
    var run = try SecureSimulation(parties, rounds: 1, count: 1, cuts: cuts, seed: 9)
    try run.run()
    #expect(run.outcomes[0].sum.parties == Array(parties.clients.dropFirst(gone)))
    #expect(run.outcomes[0].dropped == Array(parties.clients.prefix(gone)))
    #expect(run.outcomes[0].sum.words == run.expected(run.outcomes[0].sum.parties, round: 1))
  }
}
