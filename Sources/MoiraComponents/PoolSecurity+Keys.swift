internal import Foundation
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

extension PoolSecurity {
  /// The security that an encryptor left.
  ///
  /// - Throws: `protection-roster` when the keys are of other parties than the task's.
  init(_ keys: ProtectionKeys, clients: [PartyID], arbiter: PartyID) throws(Failure) {
    guard keys.method != .none else {
      self = .none
      return
    }
    do {
      let roster = try KeyRoster(scope: keys.scope, entries: keys.entries())
      guard Set(roster.parties) == Set(clients) else {
        throw Failure(
          "protection-roster",
          "the keys of '\(keys.task)' are of \(roster.parties.map(\.text).joined(separator: ", ")), but \(clients.map(\.text).joined(separator: ", ")) take part here",
          hint: "let the encryptor run at the same parties")
      }
      if let secret = keys.secret {
        let pair = try MaskKeyPair(secretBytes: Array(secret))
        self = .client(
          try MaskingKeys(own: keys.party, keyPair: pair, roster: roster), sharing: keys.sharing)
      } else {
        self = .arbiter(roster, sharing: keys.sharing)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        "artifact-corrupt", "the keys of '\(keys.task)' cannot be read", cause: "\(error)")
    }
  }

  /// Agrees on fresh keys: clients send their public keys, the arbiter sends the roster to all.
  static func agreed(
    _ scope: TaskScope, in task: some TaskContext, arbiter: PartyID
  ) async throws -> PoolSecurity {
    do {
      let terms = try KeyAgreementTerms(scope: scope, clients: task.clients, aggregator: arbiter)
      if task.role == .arbiter {
        return .arbiter(
          try await drive(KeyAgreementAggregator(terms: terms), in: task), sharing: nil)
      }
      var generator = SystemSecureGenerator()
      let client = try KeyAgreementClient(task.party, terms: terms, using: &generator)
      return .client(try await drive(client, with: arbiter, in: task), sharing: nil)
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    }
  }
}

extension ProtectionKeys {
  fileprivate var sharing: SharingForm? {
    guard method == .secretSharing else { return nil }
    return threshold.map { .shamir(threshold: $0) } ?? .additive
  }

  fileprivate func entries() throws -> [(party: PartyID, key: MaskPublicKey)] {
    try roster.map { ($0.party, try MaskPublicKey(Array($0.key))) }
  }
}
