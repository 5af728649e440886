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
  case none
}

/// Establishes the protection that later tasks use.
///
/// Every client makes an X25519 key, and the arbiter hands all public keys to all. With
/// `secure_aggregation` later tasks derive a fresh mask for every pair, task, attempt, round and
/// tensor; with `secret_sharing` they seal shares under keys derived in the same way.
///
/// Source: Bonawitz et al., CCS 2017 (ePrint 2017/281), §4; pairwise masks without drop-out recovery.
struct Encryptor: Component {
  static let card = ComponentCard(
    "encryptor", version: 1, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    reusable: false,
    summary: "Establishes the protection that later tasks use, and hands them its keys.",
    reference: "https://eprint.iacr.org/2017/281")

  @Output(
    "Keys and roster, for the tasks that send values to be added up.", at: .guest, .host, .arbiter)
  var protection: Artifact<ProtectionKeys>

  @Param(
    "How values are hidden from the arbiter: by masks that cancel in the sum, by shares dealt out among the clients, or not at all."
  )
  var method: ProtectionMethod = .secureAggregation
  @Param(
    "secret_sharing: how many clients can together tell a value (Shamir), more than half of them; empty for all (additive).",
    .atLeast(2))
  var threshold: Int?

  func check(_ findings: inout ParameterFindings) {
    if threshold != nil, method != .secretSharing {
      findings.error("threshold", "'threshold' goes with 'method: secret_sharing' only")
    }
  }

  func run(in task: some TaskContext) async throws {
    switch method {
    case .secureAggregation, .secretSharing: try await agreeKeys(in: task)
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
      let terms = try KeyAgreementTerms(scope: scope, clients: task.clients, aggregator: arbiter)
      if task.role == .arbiter {
        let roster = try await drive(KeyAgreementAggregator(terms: terms), in: task)
        try await task.write(keys(roster, in: task), to: protection)
      } else {
        var generator = SystemSecureGenerator()
        let pair = MaskKeyPair(using: &generator)
        let client = try KeyAgreementClient(task.party, terms: terms, keyPair: pair)
        let agreed = try await drive(client, with: arbiter, in: task)
        try await task.write(
          keys(agreed.roster, secret: pair.exportSecretBytes(), in: task), to: protection)
      }
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    }
  }

  private func keys(
    _ roster: KeyRoster?, secret: [UInt8]? = nil, in task: some TaskContext
  ) -> ProtectionKeys {
    let entries = (roster?.parties ?? []).compactMap { party in
      roster?[party].map { ProtectionKeys.Entry(party: party, key: Data($0.bytes)) }
    }
    return ProtectionKeys(
      method: method, threshold: threshold, job: task.job, task: task.task, attempt: task.attempt,
      party: task.party,
      roster: entries, secret: secret.map { Data($0) })
  }
}
