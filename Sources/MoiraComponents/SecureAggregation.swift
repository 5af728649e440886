internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums under double masks, which outlive parties that fall silent; see `SecureSumTerms`.
struct SecureAggregation: SumProtection {
  /// What the encryptor's parameters say of it.
  struct Settings: Sendable {
    /// t; nil for ⌊2n/3⌋ + 1.
    var threshold: Int?
    var isActive = true
    /// How long the arbiter waits for silent parties.
    var patience = Duration.seconds(60)

    init() {}

    init(_ keys: ProtectionKeys) {
      threshold = keys.threshold
      isActive = keys.mode != .passive
      patience = keys.patience
    }
  }

  /// One side of all the sums.
  private enum Side {
    case client(SecureSumSession)
    case arbiter(SecureSumStanding)
  }

  private let terms: SecureSumTerms
  let patience: Duration
  private var side: Side
  /// Who was not in the last sum.
  private var out: Set<PartyID> = []
  private var drops = DropOuts()

  /// - Throws: `too-few-parties` below three clients, `threshold-out-of-range`, `identity-unknown`.
  init(
    _ keys: KeyPossession, _ ground: SumGround, _ settings: Settings, in task: some TaskContext
  ) throws(Failure) {
    do throws(ProtocolRefusal) {
      terms = try SecureSumTerms(
        scope: ground.scope, clients: ground.clients, aggregator: ground.arbiter,
        setup: keys.roster, identities: ground.identities, threshold: settings.threshold,
        isActive: settings.isActive)
      side =
        if let own = keys.keys {
          .client(
            try SecureSumSession(task.party, terms: terms, keys: own, identity: task.identity))
        } else {
          .arbiter(SecureSumStanding(terms))
        }
    } catch {
      throw error.failure
    }
    patience = settings.patience
  }

  var leastSummed: Int { terms.threshold }

  var summary: String {
    let (n, m, t) = (terms.clients.count, terms.neighbourhoodSize, terms.threshold)
    let spare = m - t
    let whenLying =
      terms.isActive
      ? 2 * t - m < min(t, m - 1) ? ", or lies and colludes with \(2 * t - m)" : "" : ", or lies"
    let who = m == n ? "the \(n) parties" : "\(m) neighbours"
    let fallOut = m == n ? "up to \(spare)" : "up to \(spare) of any \(m) neighbours"
    return
      "secure aggregation: double masks among \(n) parties (X25519, Ed25519, HKDF-SHA256, AES-256-CTR, "
      + "ring of 2^64), \(terms.isActive ? "survivors confirmed" : "passive"); the arbiter sees sums only, "
      + "unless it colludes with \(min(t, m - 1)) of \(who)\(whenLying); \(fallOut) may drop out of a round"
  }

  mutating func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords {
    do {
      switch side {
      case .client(let session):
        var generator = SystemSecureGenerator()
        let client = try SecureSumClient(
          session, label: label, words: words ?? [], workers: task.workers, using: &generator)
        return try await drive(client, with: terms.aggregator, in: task)
      case .arbiter(let standing):
        let aggregator = try SecureSumAggregator(
          standing, label: label, count: count, noise: noise, workers: task.workers)
        let outcome = try await drive(aggregator, patience: patience, in: task)
        side = .arbiter(outcome.standing)
        note(outcome, label, in: task)
        return outcome.sum
      }
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }

  /// Tells who fell out of the round and who is back, and whose parts need not be waited for.
  private mutating func note(
    _ outcome: SecureSumOutcome, _ label: MaskLabel, in task: some TaskContext
  ) {
    let isIn = Set(outcome.sum.parties)
    for party in out.intersection(isIn).sorted() {
      task.log("\(party) is back in round \(label.round)")
    }
    out = Set(terms.clients).subtracting(isIn)
    for party in outcome.dropped {
      task.warn(
        "\(party) was silent in round \(label.round) and is left out of it; \(isIn.count) of \(terms.clients.count) parties are in the sum"
      )
    }
    task.goOn(without: outcome.standing.absent)
    if drops.note(outcome.sum.parties, of: terms.clients) {
      task.report(.tally("drop-outs", drops.text))
    }
  }
}

/// How many rounds went without whom.
struct DropOuts: Sendable {
  private var rounds = 0
  private var incomplete = 0
  private var missed: [PartyID: Int] = [:]

  /// - Returns: whether there is anything to tell: there are drop-outs.
  mutating func note(_ summed: [PartyID], of clients: [PartyID]) -> Bool {
    rounds += 1
    let missing = clients.filter { !summed.contains($0) }
    if !missing.isEmpty { incomplete += 1 }
    for party in missing { missed[party, default: 0] += 1 }
    return incomplete > 0
  }

  var text: String {
    let parties = missed.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value)" }
    return "\(incomplete) of \(rounds) rounds (\(parties.joined(separator: ", ")))"
  }
}
