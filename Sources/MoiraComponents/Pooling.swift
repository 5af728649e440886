internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums over the clients whose summands nobody sees.
///
/// Every member of the task makes a pool and calls the same sums in the same order: clients with
/// their values, the arbiter with nil. The arbiter adds up masked words of ℤ₂⁶⁴ and sends the total
/// to everybody; it learns the total and nothing else. With `method: none` the words are the same,
/// but in clear; with `secret_sharing` the clients deal out sealed shares instead of masking.
struct Pool<Member: TaskContext> {
  private let task: Member
  private let clients: [PartyID]
  private let arbiter: PartyID
  private let security: PoolSecurity
  private let scope: TaskScope
  private let fixedPoint: FixedPoint
  private var round = 0
  /// How many values were clipped so far, over all clients.
  private(set) var clips = 0

  /// - Parameter protection: of an encryptor; without one, keys are agreed for this task alone.
  /// - Throws: `role-missing` without an arbiter, `too-few-parties` for masks among fewer than three
  ///   clients, `protocol-violation`.
  init(_ protection: Artifact<ProtectionKeys>?, in task: Member) async throws {
    guard let arbiter = task.arbiter else {
      throw Failure("role-missing", "sums over parties need an arbiter, but the task has none")
    }
    self.task = task
    self.arbiter = arbiter
    clients = task.clients
    if let protection {
      let keys = try await task.read(protection)
      guard keys.job == task.job else {
        throw Failure(
          "protection-stale", "the keys of '\(keys.task)' are of job '\(keys.job)', not of this one"
        )
      }
      scope = keys.scope
      security = try PoolSecurity(keys, clients: task.clients, arbiter: arbiter)
    } else {
      scope = TaskScope(job: task.job, task: task.task, attempt: task.attempt)
      security = try await .agreed(scope, in: task, arbiter: arbiter)
    }
    fixedPoint = try unwrapping { () throws(FixedPointError) in
      try FixedPoint(parties: task.clients.count)
    } orThrow: {
      $0.failure
    }
    task.report(.protection(security.summary(clients: clients.count)))
  }

  /// The sum of reals, each clipped to ±4096 and rounded to 2⁻⁴⁰ before it is added.
  ///
  /// - Parameters:
  ///   - values: `count` values at a client, nil at the arbiter.
  ///   - name: what is summed; the same at all members.
  mutating func sumReals(_ values: [Double]?, count: Int, name: String) async throws -> [Double] {
    var words: [UInt64]?
    do {
      if let values {
        let encoded = try fixedPoint.encodeReals(values)
        words = encoded.words + (try fixedPoint.encodeCounts([encoded.clipCount]))
      }
    } catch {
      throw named(error.failure, name)
    }
    let sum = try await total(words, count: count + 1, name: name)
    do {
      clips += try fixedPoint.decodeCounts([sum[count]])[0]
      return try fixedPoint.decodeReals(Array(sum[..<count]))
    } catch {
      throw named(error.failure, name)
    }
  }

  /// The exact sum of integers, each at most 2⁵² / n in magnitude.
  mutating func sumCounts(_ values: [Int]?, count: Int, name: String) async throws -> [Int] {
    do {
      let words = try values.map { (values) throws(FixedPointError) in
        try fixedPoint.encodeCounts(values)
      }
      let sum = try await total(words, count: count, name: name)
      return try fixedPoint.decodeCounts(sum)
    } catch let error as FixedPointError {
      throw named(error.failure, name)
    }
  }

  /// One masked sum: the words of the total, the same at every member.
  private mutating func total(_ words: [UInt64]?, count: Int, name: String) async throws -> [UInt64]
  {
    round += 1
    let label = MaskLabel(
      scope: scope, round: round, tensor: "\(task.task)/\(task.attempt)/\(name)", model: nil)
    do {
      if let form = security.sharing {
        return try await sharedTotal(words, form, label, count: count, name: name)
      }
      let terms = try security.terms(label, count: count, clients: clients, arbiter: arbiter)
      if let words {
        let client = try MaskedSumClient(
          task.party, terms: terms, words: words, keys: security.keys, workers: task.workers)
        return try await drive(client, with: arbiter, in: task).words
      }
      return try await drive(MaskedSumAggregator(terms: terms), in: task).words
    } catch let refusal as ProtocolRefusal {
      throw named(refusal.failure, name)
    }
  }

  /// The same by shares: each client splits its words among all, and sends on the sum of its shares.
  private func sharedTotal(
    _ words: [UInt64]?, _ form: SharingForm, _ label: MaskLabel, count: Int, name: String
  ) async throws -> [UInt64] {
    guard let roster = security.roster else {
      throw Failure("protection-roster", "sums by shares need the keys of all clients")
    }
    do {
      let terms = try SharedSumTerms(
        label, count: count, form: form, roster: roster, aggregator: arbiter)
      guard let words, let keys = security.keys else {
        return try await drive(SharedSumAggregator(terms: terms), in: task).words
      }
      var generator = SystemSecureGenerator()
      let client = try SharedSumClient(
        task.party, terms: terms, words: words, keys: keys, using: &generator)
      return try await drive(client, with: arbiter, in: task).words
    } catch let refusal as SecretSharingRefusal {
      throw named(refusal.failure, name)
    }
  }

  private func named(_ failure: Failure, _ name: String) -> Failure {
    var failure = Failure(
      failure.code, "the sum '\(name)': \(failure.message)", hint: failure.hint,
      cause: failure.cause, isTransient: failure.isTransient)
    failure.party = task.role == .arbiter ? nil : task.party
    return failure
  }
}

/// What masks a pool's sums.
enum PoolSecurity: Sendable {
  case none
  /// At a client; by masks unless there is a form of sharing.
  case client(MaskingKeys, sharing: SharingForm?)
  /// At the arbiter.
  case arbiter(KeyRoster, sharing: SharingForm?)

  var keys: MaskingKeys? {
    if case .client(let keys, _) = self { keys } else { nil }
  }

  var roster: KeyRoster? {
    switch self {
    case .none: nil
    case .client(let keys, _): keys.roster
    case .arbiter(let roster, _): roster
    }
  }

  var sharing: SharingForm? {
    switch self {
    case .none: nil
    case .client(_, let sharing), .arbiter(_, let sharing): sharing
    }
  }

  func terms(
    _ label: MaskLabel, count: Int, clients: [PartyID], arbiter: PartyID
  ) throws(ProtocolRefusal) -> MaskedSumTerms {
    guard let roster else {
      return try MaskedSumTerms(
        unprotected: label, count: count, clients: clients, aggregator: arbiter)
    }
    return try MaskedSumTerms(label, count: count, roster: roster, aggregator: arbiter)
  }

  /// For the job's report.
  func summary(clients: Int) -> String {
    switch self {
    case .none:
      "none: the arbiter sees every party's values; for tests and comparison only"
    case .client(_, let form?), .arbiter(_, let form?):
      "secret sharing: \(form.words) among \(clients) parties, shares sealed with AES-256-GCM; the "
        + "arbiter sees sums only, unless it colludes with \(form.colluders(of: clients)) clients"
    case .client, .arbiter:
      "secure aggregation: pairwise masks among \(clients) parties (X25519, HKDF-SHA256, AES-256-CTR, "
        + "ring of 2^64); the arbiter sees sums only, unless it colludes with all clients but one"
    }
  }
}

extension SharingForm {
  var words: String {
    switch self {
    case .additive: "additive shares"
    case .shamir(let threshold): "Shamir shares with a threshold of \(threshold)"
    }
  }

  /// With how many clients an arbiter could read another's values.
  func colluders(of clients: Int) -> Int {
    switch self {
    case .additive: clients - 1
    case .shamir(let threshold): min(threshold, clients - 1)
    }
  }
}

/// Calls `body`, and turns its error.
func unwrapping<Value, Problem: Error>(
  _ body: () throws(Problem) -> Value, orThrow failure: (Problem) -> Failure
) throws(Failure) -> Value {
  do { return try body() } catch { throw failure(error) }
}
