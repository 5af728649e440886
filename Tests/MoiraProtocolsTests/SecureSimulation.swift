import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Parties that have agreed on sealing keys and pinned identities, before the first round.
struct SecureParties {
  let clients: [PartyID]
  let identities: [PartyID: IdentityKeyPair]
  let keys: [PartyID: MaskingKeys]
  let terms: SecureSumTerms

  init(
    _ count: Int, threshold: Int? = nil, isActive: Bool = true, seed: UInt64 = 1
  ) throws {
    clients = hospitals(count).sorted()
    identities = identityPairs(clients, seed: seed)
    let agreed = try agreedKeys(clients, seed: seed)
    keys = agreed.keys
    terms = try SecureSumTerms(
      scope: scope, clients: clients, aggregator: arbiter, setup: agreed.roster,
      identities: pinned(identities), threshold: threshold,
      isActive: isActive)
  }

  func session(_ client: PartyID) throws -> SecureSumSession {
    try SecureSumSession(
      client, terms: terms, keys: try #require(keys[client]),
      identity: try #require(identities[client]))
  }

  static func label(_ round: Int, model: [UInt8] = []) -> MaskLabel {
    MaskLabel(scope: scope, round: round, tensor: "weights", model: sha256(model))
  }
}

/// Rounds of secure sums among parties of which some are cut off for a while.
///
/// Messages of one party come in order, those of different ones in an order drawn from the seed. When
/// nothing is under way between the connected, the aggregator's deadline passes. What was under way to
/// or from a party that is cut off comes when it is back.
struct SecureSimulation {
  /// When a party is cut off, and when it is back.
  struct Cut {
    let party: PartyID
    /// Cut as soon as it has sent so many messages, the last of which is held up.
    let afterSending: Int
    /// Back as soon as the aggregator is in this round; never if nil.
    var backInRound: Int?
  }

  struct Client {
    let session: SecureSumSession
    var round = 0
    var side: Side<SecureSumClient>?
    var inbox: [SecureSumMessage] = []
    var outbox: [SecureSumMessage] = []
    var sent = 0
    var isCut = false
    var outputs: [SummedWords] = []
  }

  let parties: SecureParties
  let rounds: Int
  let count: Int
  let cuts: [Cut]
  private(set) var clients: [PartyID: Client] = [:]
  private(set) var outcomes: [SecureSumOutcome] = []
  /// All that reached the aggregator.
  private(set) var heard: [(from: PartyID, message: SecureSumMessage)] = []
  private var generator: SeededGenerator
  /// What becomes of the bytes of a message under way, by its number and its sender.
  private let alter: ([UInt8], Int, PartyID) -> [UInt8]
  private var delivered = 0

  init(
    _ parties: SecureParties, rounds: Int, count: Int, cuts: [Cut] = [], seed: UInt64,
    alter: @escaping ([UInt8], Int, PartyID) -> [UInt8] = { bytes, _, _ in bytes }
  ) throws {
    self.alter = alter
    self.parties = parties
    self.rounds = rounds
    self.count = count
    self.cuts = cuts
    generator = SeededGenerator(seed: seed)
    for client in parties.clients {
      clients[client] = Client(session: try parties.session(client))
    }
  }

  /// What a client adds in a round.
  static func words(_ client: PartyID, round: Int, count: Int) -> [UInt64] {
    var seed: UInt64 = UInt64(round)
    for byte in client.text.utf8 { seed = mix64(seed ^ UInt64(byte)) }
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in generator.next() }
  }

  func expected(_ survivors: [PartyID], round: Int) -> [UInt64] {
    var sum = [UInt64](repeating: 0, count: count)
    for client in survivors {
      for (index, word) in Self.words(client, round: round, count: count).enumerated() {
        sum[index] &+= word
      }
    }
    return sum
  }

  mutating func run() throws {
    for client in parties.clients { try begin(client, round: 1) }
    var standing = SecureSumStanding(parties.terms)
    for round in 1...rounds {
      let outcome = try sum(standing, round: round)
      outcomes.append(outcome)
      standing = outcome.standing
    }
    // What is still under way to the connected.
    while let client = parties.clients.first(where: { canReceive($0) }) {
      try deliver(to: client)
    }
  }

  private mutating func sum(
    _ standing: SecureSumStanding, round: Int
  ) throws -> SecureSumOutcome {
    for cut in cuts where cut.backInRound == round { clients[cut.party]?.isCut = false }
    var machine = try SecureSumAggregator(
      standing, label: SecureParties.label(round), count: count)
    while true {
      let step: Step<SecureSumMessage, SecureSumOutcome>
      let ready = parties.clients.filter { canSend($0) || canReceive($0) }
      if let client = ready.randomElement(using: &generator) {
        if canSend(client), !canReceive(client) || Bool.random(using: &generator) {
          guard let message = clients[client]?.outbox.removeFirst() else { continue }
          let received = try carry(message, from: client)
          heard.append((client, received))
          step = try machine.receive(received, from: client)
        } else {
          try deliver(to: client)
          continue
        }
      } else {
        step = try machine.deadline()
      }
      switch step {
      case .wait: continue
      case .send(let letters): post(letters)
      case .finish(let outcome, let letters):
        post(letters)
        return outcome
      }
    }
  }

  private func canSend(_ client: PartyID) -> Bool {
    clients[client].map { !$0.isCut && !$0.outbox.isEmpty } ?? false
  }

  private func canReceive(_ client: PartyID) -> Bool {
    clients[client].map { !$0.isCut && !$0.inbox.isEmpty && $0.side != nil } ?? false
  }

  private mutating func post(_ letters: [Outbound<SecureSumMessage>]) {
    for letter in letters { clients[letter.recipient]?.inbox.append(letter.message) }
  }

  /// Every message goes as bytes.
  private mutating func carry(
    _ message: SecureSumMessage, from sender: PartyID
  ) throws -> SecureSumMessage {
    delivered += 1
    return try SecureSumMessage(wireBytes: alter(message.wireBytes, delivered - 1, sender))
  }

  private mutating func deliver(to client: PartyID) throws {
    guard let message = clients[client]?.inbox.removeFirst(), let side = clients[client]?.side
    else { return }
    let received = try carry(message, from: arbiter)
    switch try side.machine.receive(received, from: arbiter) {
    case .wait: break
    case .send(let letters): send(letters, from: client)
    case .finish(let output, let letters):
      send(letters, from: client)
      clients[client]?.outputs.append(output)
      let next = (clients[client]?.round ?? 0) + 1
      if next <= rounds { try begin(client, round: next) } else { clients[client]?.side = nil }
    }
  }

  private mutating func begin(_ client: PartyID, round: Int) throws {
    guard let session = clients[client]?.session else { return }
    let side = Side(
      try SecureSumClient(
        session, label: SecureParties.label(round),
        words: Self.words(client, round: round, count: count), using: &generator))
    clients[client]?.round = round
    clients[client]?.side = side
    send(side.machine.start(), from: client)
  }

  private mutating func send(_ letters: [Outbound<SecureSumMessage>], from client: PartyID) {
    for letter in letters {
      clients[client]?.outbox.append(letter.message)
      clients[client]?.sent += 1
      for cut in cuts where cut.party == client && cut.afterSending == clients[client]?.sent {
        clients[client]?.isCut = true
      }
    }
  }
}
