internal import Foundation
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// The keys that one party has of an agreement: at a client its secrets with the others, at the
/// arbiter the roster only.
enum KeyPossession: Sendable {
  case client(MaskingKeys)
  case arbiter(KeyRoster)

  var roster: KeyRoster {
    switch self {
    case .client(let keys): keys.roster
    case .arbiter(let roster): roster
    }
  }

  var keys: MaskingKeys? {
    if case .client(let keys) = self { keys } else { nil }
  }

  /// The label of a vector that goes under these keys themselves, and not under others of its task:
  /// the agreement's attempt is its scope, and the task stands in the tensor's name.
  func label(_ label: MaskLabel, in task: some TaskContext) -> MaskLabel {
    MaskLabel(
      scope: roster.scope, round: label.round,
      tensor: "\(task.task)/\(task.attempt)/\(label.tensor)", model: label.model)
  }

  /// What an encryptor left.
  ///
  /// - Throws: `protection-roster` when a client of the task has no key; parties that the job went on
  ///   without may have one.
  init(_ keys: ProtectionKeys, _ ground: SumGround) throws(Failure) {
    do {
      let entries = try keys.roster.map {
        (party: $0.party, key: try MaskPublicKey(Array($0.key)))
      }
      let roster = try KeyRoster(scope: keys.scope, entries: entries)
      guard Set(roster.parties).isSuperset(of: ground.clients) else {
        throw Failure(
          "protection-roster",
          "the keys of '\(keys.task)' are of \(roster.parties.map(\.text).joined(separator: ", ")), but \(ground.clients.map(\.text).joined(separator: ", ")) take part here",
          hint: "let the encryptor run at the same parties")
      }
      guard let secret = keys.secret else {
        self = .arbiter(roster)
        return
      }
      let pair = try MaskKeyPair(secretBytes: Array(secret))
      self = .client(try MaskingKeys(own: keys.party, keyPair: pair, roster: roster))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        "artifact-corrupt", "the keys of '\(keys.task)' cannot be read", cause: "\(error)")
    }
  }

  /// Agrees on fresh keys: clients send their signed public keys, the arbiter sends the roster to all.
  static func agreed(
    _ ground: SumGround, in task: some TaskContext
  ) async throws -> KeyPossession {
    do {
      let terms = try KeyAgreementTerms(
        scope: ground.scope, clients: ground.clients, aggregator: ground.arbiter,
        identities: ground.identities)
      if task.role == .arbiter {
        return .arbiter(
          try await drive(
            KeyAgreementAggregator(terms: terms), patience: .seconds(60), in: task))
      }
      var generator = SystemSecureGenerator()
      let client = try KeyAgreementClient(
        task.party, terms: terms, identity: task.identity, using: &generator)
      return .client(try await drive(client, with: ground.arbiter, in: task))
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }
}
