import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// The clients of secure sums, in the hands of whoever sits in the aggregator's place.
///
/// The insiders among them collude: they have no machine, and all their secrets are the attacker's.
final class SecureBench {
  let parties: SecureParties
  let count: Int
  let insiders: [PartyID]
  private(set) var sessions: [PartyID: SecureSumSession] = [:]
  private(set) var sides: [PartyID: Side<SecureSumClient>] = [:]
  private(set) var round = 0
  /// For the round that runs.
  var offers: [PartyID: RoundOffer] = [:]
  /// Of the insiders, for the round that runs.
  private(set) var secrets: [PartyID: RoundSecrets] = [:]
  private(set) var uploads: [PartyID: SecureSumMessage] = [:]
  /// For the round after it.
  private(set) var next: [PartyID: RoundOffer] = [:]
  var generator: SeededGenerator

  init(
    _ parties: SecureParties, count: Int = 2, insiders: [PartyID] = [], seed: UInt64 = 1
  ) throws {
    self.parties = parties
    self.count = count
    self.insiders = insiders
    generator = SeededGenerator(seed: seed)
    for client in parties.clients { sessions[client] = try parties.session(client) }
  }

  var terms: SecureSumTerms { parties.terms }
  var clients: [PartyID] { parties.clients }
  var label: MaskLabel { SecureParties.label(round) }

  /// Every client begins a round, each with its words, from the model it was told of.
  func begin(
    _ round: Int = 1, words: (PartyID) -> [UInt64], model: (PartyID) -> [UInt8] = { _ in [] }
  ) throws {
    self.round = round
    offers = next
    next = [:]
    uploads = [:]
    for client in clients {
      let session = try #require(sessions[client])
      if insiders.contains(client) {
        let own = try RoundSecrets(session.ground, round: round, using: &generator)
        secrets[client] = own
        offers[client] = own.offer
        continue
      }
      let side = Side(
        try SecureSumClient(
          session, label: SecureParties.label(round, model: model(client)), words: words(client),
          using: &generator))
      sides[client] = side
      _ = note(side.machine.start(), of: client)
    }
  }

  func begin(_ round: Int = 1) throws {
    try begin(round) { SecureSimulation.words($0, round: round, count: count) }
  }

  private func note(
    _ letters: [Outbound<SecureSumMessage>], of client: PartyID
  ) -> SecureSumMessage? {
    guard let message = letters.first?.message else { return nil }
    switch message {
    case .offer(_, let offer) where offer.round == round: offers[client] = offer
    case .offer(_, let offer): next[client] = offer
    case .upload(_, _, let offer, _):
      uploads[client] = message
      next[client] = offer
    default: break
    }
    return message
  }

  /// Hands a client a message, and says what it answers.
  @discardableResult
  func tell(_ client: PartyID, _ message: SecureSumMessage) throws -> SecureSumMessage? {
    let side = try #require(sides[client])
    switch try side.machine.receive(message, from: arbiter) {
    case .wait: return nil
    case .send(let letters): return note(letters, of: client)
    case .finish(let output, let letters):
      side.output = output
      return note(letters, of: client)
    }
  }

  /// What an honest aggregator sends of these offers.
  func roster(for client: PartyID, of offers: [PartyID: RoundOffer]? = nil) -> SecureSumMessage {
    .roster(
      terms: terms.hash, terms.roster(offers ?? self.offers, round: round, for: client))
  }

  func keys(of offers: [PartyID: RoundOffer]? = nil) throws -> KeyRoster {
    try KeyRoster(
      scope: scope,
      entries: try (offers ?? self.offers).map { ($0.key, try MaskPublicKey($0.value.key)) })
  }

  func header(model: [UInt8] = []) throws -> SumHeader {
    SumHeader(
      secure: SecureParties.label(round, model: model), count: count, roster: try keys().hash)
  }

  /// All clients that have a machine get the first roster, and upload.
  func enter() throws {
    for client in clients where !insiders.contains(client) {
      try tell(client, roster(for: client))
    }
  }

  /// What an insider sees of the roster: its secrets with the others, and their shares.
  func view(of insider: PartyID) throws -> CheckedRoster {
    let ground = try #require(sessions[insider]).ground
    return try ground.check(
      terms.roster(offers, round: round, for: insider), round: round,
      secrets: try #require(secrets[insider]), from: arbiter)
  }

  func words(of client: PartyID) throws -> [UInt64] {
    guard case .upload(_, let words, _, _)? = uploads[client] else {
      throw ProtocolRefusal.notAClient(client)
    }
    return words
  }

  func survivors(_ set: [PartyID]) throws -> SecureSumMessage { .survivors(try header(), set) }

  /// What these clients vouch for of a set, to each other one in it.
  func tags(_ set: [PartyID], of signers: [PartyID]) throws -> Tags {
    let message = try survivors(set)
    var tags: Tags = [:]
    for signer in signers {
      if insiders.contains(signer) {
        tags[signer] = try insiderTags(of: signer, under: set)
        continue
      }
      guard case .confirmation(_, let sent)? = try tell(signer, message) else {
        throw ProtocolRefusal.notAClient(signer)
      }
      let receivers = set.filter { $0 != signer }
      #expect(sent.count == receivers.count)
      tags[signer] = Dictionary(uniqueKeysWithValues: zip(receivers, sent))
    }
    return tags
  }

  /// What an insider vouches for, whatever the set.
  private func insiderTags(of insider: PartyID, under set: [PartyID]) throws -> [PartyID: [UInt8]] {
    let ground = try #require(sessions[insider]).ground
    let statement = terms.survivorsStatement(try header(), set)
    var tags: [PartyID: [UInt8]] = [:]
    for receiver in clients where receiver != insider {
      tags[receiver] = try ground.tags.tag(statement, for: receiver)
    }
    return tags
  }

  func total(
    _ survivors: [PartyID], for client: PartyID, next: [PartyID: RoundOffer]? = nil
  ) throws -> SecureSumMessage {
    .total(
      try header(), survivors: survivors, words: [UInt64](repeating: 0, count: count),
      next: terms.roster(next ?? self.next, round: round + 1, for: client))
  }

  /// A machine at the start of the round, for attacks by clients.
  func aggregator() throws -> SecureSumAggregator {
    try SecureSumAggregator(SecureSumStanding(terms), label: label, count: count)
  }
}

/// Tags by who made them and whom they are for.
typealias Tags = [PartyID: [PartyID: [UInt8]]]

extension Tags {
  /// Those for one client, by id.
  func confirmations(for receiver: PartyID) -> [SecureSumMessage.Confirmation] {
    sorted { $0.key < $1.key }.compactMap { signer, tags in
      tags[receiver].map { .init(party: signer, tag: $0) }
    }
  }
}

/// The shares of an unmasking, by dealer.
func answered(_ message: SecureSumMessage?) -> (seeds: [[UInt8]], keys: [[UInt8]]) {
  guard case .unmasking(_, let seeds, let keys)? = message else { return ([], []) }
  return (seeds, keys)
}

/// The secret that these shares give, if any.
func combined(_ shares: [SecretShare], threshold: Int, parties: Int) -> [UInt8]? {
  guard let shamir = try? ShamirShares(threshold: threshold, parties: parties),
    let interpolation = try? shamir.interpolation(of: shares.map(\.point))
  else { return nil }
  return try? interpolation.combine(Array(shares.prefix(threshold)))
}

/// The sum of what these clients add in a round.
func summed(_ clients: [PartyID], round: Int, count: Int) -> [UInt64] {
  var sum = [UInt64](repeating: 0, count: count)
  for client in clients {
    let words = SecureSimulation.words(client, round: round, count: count)
    for index in sum.indices { sum[index] &+= words[index] }
  }
  return sum
}
