internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums by shares dealt out among the clients; see `SharedSumTerms`.
struct SecretSharing: SumProtection {
  private let possession: KeyPossession
  private let ground: SumGround
  private let form: SharingForm
  let patience: Duration
  /// Who was given up in some sum: what it sent then may come yet.
  private var late: Set<PartyID> = []

  /// - Parameter threshold: of Shamir's form; nil for the additive one.
  init(
    _ possession: KeyPossession, _ ground: SumGround, threshold: Int?, patience: Duration
  ) {
    self.possession = possession
    self.ground = ground
    form = threshold.map { .shamir(threshold: $0) } ?? .additive
    self.patience = patience
  }

  var leastSummed: Int {
    switch form {
    case .additive: ground.clients.count
    case .shamir(let threshold): max(threshold, KeyAgreementTerms.leastClients)
    }
  }

  var summary: String {
    let count = ground.clients.count
    return
      "secret sharing: \(form.words) among \(count) parties, shares sealed with AES-256-GCM; the "
      + "arbiter sees sums only, unless it colludes with \(form.colluders(of: count)) of them"
  }

  mutating func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords {
    let label = possession.label(label, in: task)
    do {
      let terms = try SharedSumTerms(
        label, count: count, form: form, roster: possession.roster, aggregator: ground.arbiter)
      guard let words, let keys = possession.keys else {
        let sum = try await drive(
          SharedSumAggregator(terms: terms, noise: noise, late: late), patience: patience, in: task)
        let absent = ground.clients.filter { !sum.parties.contains($0) }
        late.formUnion(absent)
        task.goOn(without: absent)
        return sum
      }
      var generator = SystemSecureGenerator()
      let client = try SharedSumClient(
        task.party, terms: terms, words: words, keys: keys, using: &generator)
      return try await drive(client, with: ground.arbiter, in: task)
    } catch let refusal as SecretSharingRefusal {
      throw refusal.failure
    }
  }
}

extension SharingForm {
  fileprivate var words: String {
    switch self {
    case .additive: "additive shares"
    case .shamir(let threshold): "Shamir shares with a threshold of \(threshold)"
    }
  }

  /// With how many clients an arbiter could read another's values.
  fileprivate func colluders(of clients: Int) -> Int {
    switch self {
    case .additive: clients - 1
    case .shamir(let threshold): min(threshold, clients - 1)
    }
  }
}
