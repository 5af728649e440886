internal import Foundation
public import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraProtocols

/// How the values that parties send to be added up are hidden.
public enum ProtectionMethod: String, ParameterChoice, Codable, Sendable {
  case secureAggregation = "secure_aggregation"
  case secretSharing = "secret_sharing"
  case paillier
  case algebraic
  case none
}

/// Against whom `secure_aggregation` holds.
public enum AggregationMode: String, ParameterChoice, Codable, Sendable {
  /// An arbiter that lies: clients confirm to one another who survived a round before they help to unmask it.
  case active
  /// An arbiter that follows the protocol: one round trip fewer.
  case passive
}

/// Establishes the protection that later tasks use.
///
/// Every client makes an X25519 key and signs it with its long-term key, and the arbiter hands all of
/// them to all. With `secure_aggregation` later tasks seal the shares of each round's mask keys under
/// them, with `secret_sharing` the shares of the values themselves.
///
/// Source: Bonawitz et al., CCS 2017 (ePrint 2017/281), figure 4; see `SecureSumTerms`.
struct Encryptor: Component {
  static let card = ComponentCard(
    "encryptor", version: 2, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    reusable: false,
    summary: "Establishes the protection that later tasks use, and hands them its keys.",
    reference: "https://eprint.iacr.org/2017/281")

  @Output(
    "Keys and roster, for the tasks that send values to be added up.", at: .guest, .host, .arbiter)
  var protection: Artifact<ProtectionKeys>

  @Param(
    "How values are hidden from the arbiter: by masks that cancel in the sum, by shares dealt out among the clients, by a Paillier key that the arbiter lacks, by a secret orthogonal map (algebraic: obfuscation only), or not at all."
  )
  var method: ProtectionMethod = .secureAggregation
  @Param(
    "How many clients together can tell a value, more than half of them. secure_aggregation: as many must stay in a round; empty for two thirds and one. secret_sharing: Shamir's; empty for all (additive).",
    .atLeast(2))
  var threshold: Int?
  @Param(
    "secure_aggregation: whether it holds against an arbiter that lies about who survived a round (active), or only against one that follows the protocol."
  )
  var mode: AggregationMode = .active
  @Param(
    "Seconds for which the arbiter waits for a silent party before it goes on without it, if enough are left.",
    .moreThan(0), .atMost(86_400))
  var roundTimeout: Double = 60

  @Param("paillier: bits of the modulus: 2048, 3072 or 4096.", .atLeast(2048), .atMost(4096))
  var keyLength: Int = 3072
  @Param(
    "paillier: bits of a slot, of which a ciphertext holds as many as fit; fewer bits, more slots, and smaller values.",
    .atLeast(32), .atMost(64))
  var slotBits: Int = 64
  @Param("paillier: the party that makes the key; empty for the first by id.")
  var keyHolder: String?
  @Param("algebraic: whether it will do that values are obfuscated only, and not protected.")
  var acceptObfuscation: Bool = false

  func check(_ findings: inout ParameterFindings) {
    if !PaillierPublicKey.lengths.contains(keyLength) {
      findings.error(
        "key_length", "'key_length' must be 2048, 3072 or 4096, but is \(keyLength)")
    }
    if keyHolder != nil, method != .paillier {
      findings.error("key_holder", "'key_holder' goes with 'method: paillier' only")
    }
    if threshold != nil, ![.secureAggregation, .secretSharing].contains(method) {
      findings.error(
        "threshold", "'threshold' goes with 'method: secure_aggregation' or 'secret_sharing' only")
    }
    if method == .algebraic, !acceptObfuscation {
      findings.error(
        "method",
        "'method: algebraic' obfuscates values and does not protect them, so it must not be the only protection",
        hint: "'method: secure_aggregation', or 'accept_obfuscation: true' if that will do")
    }
    if acceptObfuscation, method != .algebraic {
      findings.error(
        "accept_obfuscation", "'accept_obfuscation' goes with 'method: algebraic' only")
    }
    if mode == .passive, method != .secureAggregation {
      findings.error("mode", "'mode' goes with 'method: secure_aggregation' only")
    }
  }

  func run(in task: some TaskContext) async throws {
    switch method {
    case .secureAggregation, .secretSharing, .paillier: try await agreeKeys(in: task)
    case .algebraic:
      task.warn("method is algebraic: values are obfuscated, not protected")
      try await agreeKeys(in: task)
    case .none:
      task.warn("method is none: the arbiter will see every party's values")
      try await task.write(keys(nil, in: task), to: protection)
    }
  }

  private func agreeKeys(in task: some TaskContext) async throws {
    guard let arbiter = task.arbiter else {
      throw Failure("role-missing", "key agreement needs an arbiter, but the task has none")
    }
    let scope = TaskScope(job: task.job, task: task.task, attempt: task.attempt)
    do {
      let terms = try KeyAgreementTerms(
        scope: scope, clients: task.clients, aggregator: arbiter,
        identities: IdentityRoster(task.identities))
      if task.role == .arbiter {
        let roster = try await drive(
          KeyAgreementAggregator(terms: terms), patience: .seconds(roundTimeout), in: task)
        var keys = keys(roster, in: task)
        try await addPaillier(.arbiter(roster), to: &keys, in: task, arbiter: arbiter)
        try await task.write(keys, to: protection)
      } else {
        var generator = SystemSecureGenerator()
        let pair = MaskKeyPair(using: &generator)
        let client = try KeyAgreementClient(
          task.party, terms: terms, identity: task.identity, keyPair: pair)
        let agreed = try await drive(client, with: arbiter, in: task)
        var keys = keys(agreed.roster, secret: pair.exportSecretBytes(), in: task)
        try await addPaillier(.client(agreed), to: &keys, in: task, arbiter: arbiter)
        try await task.write(keys, to: protection)
      }
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }

  private func addPaillier(
    _ possession: KeyPossession, to keys: inout ProtectionKeys, in task: some TaskContext,
    arbiter: PartyID
  ) async throws {
    guard method == .paillier else { return }
    let made = try await PaillierEncryption.setUp(
      possession, keyLength: keyLength, holder: keyHolder.map { PartyID($0) },
      patience: .seconds(roundTimeout), in: task, arbiter: arbiter)
    keys.paillier = .init(
      modulus: Data(made.modulus), secret: made.secret.map { Data($0) }, slotBits: slotBits)
  }

  private func keys(
    _ roster: KeyRoster?, secret: [UInt8]? = nil, in task: some TaskContext
  ) -> ProtectionKeys {
    let entries = (roster?.parties ?? []).compactMap { party in
      roster?[party].map { ProtectionKeys.Entry(party: party, key: Data($0.bytes)) }
    }
    return ProtectionKeys(
      method: method, threshold: threshold, mode: mode, roundTimeout: roundTimeout, job: task.job,
      task: task.task, attempt: task.attempt,
      party: task.party,
      roster: entries, secret: secret.map { Data($0) })
  }
}
