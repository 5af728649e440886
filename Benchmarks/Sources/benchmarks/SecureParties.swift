import MoiraCrypto
import MoiraModel
import MoiraProtocols

/// Parties of secure sums, in one process and one thread: every message goes as bytes.
final class SecureParties {
  let clients: [PartyID]
  private let sessions: [SecureSumSession]
  private var standing: SecureSumStanding
  private var round = 0
  private let scope = TaskScope(job: "bench", task: "train", attempt: 1)

  init(_ count: Int) throws {
    var generator = SystemSecureGenerator()
    let scope = scope
    let clients = (0..<count).map { PartyID("party-\($0)") }
    let pairs = clients.map { _ in MaskKeyPair(using: &generator) }
    let roster = try KeyRoster(
      scope: scope, entries: zip(clients, pairs).map { (party: $0, key: $1.publicKey) })
    let identities = clients.map { _ in IdentityKeyPair(using: &generator) }
    let terms = try SecureSumTerms(
      scope: scope, clients: clients, aggregator: "hub", setup: roster,
      identities: IdentityRoster(
        Dictionary(uniqueKeysWithValues: zip(clients, identities.map(\.publicKey)))))
    sessions = try clients.indices.map { index in
      try SecureSumSession(
        clients[index], terms: terms,
        keys: MaskingKeys(own: clients[index], keyPair: pairs[index], roster: roster),
        identity: identities[index])
    }
    standing = SecureSumStanding(terms)
    self.clients = clients
  }

  private func label() -> MaskLabel { MaskLabel(scope: scope, round: round, tensor: "weights") }

  /// The first party masks its words and makes its message.
  func uploads(_ words: consuming [UInt64]) throws {
    round += 1
    var generator = SystemSecureGenerator()
    var client = try SecureSumClient(
      sessions[0], label: label(), words: words, using: &generator)
    precondition(client.start().count == 1)
  }

  /// One whole round in which every party adds the same words.
  func round(_ words: [UInt64]) throws {
    round += 1
    let label = label()
    var generator = SystemSecureGenerator()
    let sides = try sessions.map { session in
      Side(try SecureSumClient(session, label: label, words: words, using: &generator))
    }
    var hub = try SecureSumAggregator(standing, label: label, count: words.count)
    var toHub: [(PartyID, [UInt8])] = []
    for (client, side) in zip(clients, sides) {
      toHub += side.machine.start().map { (client, $0.message.wireBytes) }
    }
    var next = 0
    while next < toHub.count {
      let (sender, bytes) = toHub[next]
      toHub[next].1 = []
      next += 1
      let step = try hub.receive(SecureSumMessage(wireBytes: bytes), from: sender)
      let letters: [Outbound<SecureSumMessage>]
      switch step {
      case .wait: continue
      case .send(let sent): letters = sent
      case .finish(let outcome, let sent):
        precondition(outcome.sum.words.first == words.first.map { $0 &* UInt64(clients.count) })
        standing = outcome.standing
        letters = sent
      }
      for letter in letters {
        guard let place = clients.firstIndex(of: letter.recipient) else { continue }
        let message = try SecureSumMessage(wireBytes: letter.message.wireBytes)
        if case .send(let answers) = try sides[place].machine.receive(message, from: "hub") {
          toHub += answers.map { (clients[place], $0.message.wireBytes) }
        }
      }
    }
  }

  /// The same sum without protection.
  func plainRound(_ words: [UInt64]) throws {
    round += 1
    let terms = try PlainSumTerms(
      label(), count: words.count, clients: clients, aggregator: "hub")
    var hub = PlainSumAggregator(terms: terms)
    var sides: [PlainSumClient] = []
    for client in clients {
      var side = try PlainSumClient(client, terms: terms, words: words)
      for letter in side.start() {
        let message = try PlainSumMessage(wireBytes: letter.message.wireBytes)
        if case .finish(_, let totals) = try hub.receive(message, from: client) {
          sides.append(side)
          for (place, total) in totals.enumerated() {
            _ = try sides[place].receive(
              PlainSumMessage(wireBytes: total.message.wireBytes), from: "hub")
          }
          return
        }
      }
      sides.append(side)
    }
  }
}

private final class Side {
  var machine: SecureSumClient
  init(_ machine: consuming SecureSumClient) { self.machine = machine }
}
