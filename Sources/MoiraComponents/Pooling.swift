internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums over the clients whose summands nobody sees.
///
/// Every member of the task makes a pool and calls the same sums in the same order: clients with
/// their values, the arbiter with nil. What is added are words of ℤ₂⁶⁴, under the protection that an
/// encryptor has chosen; all members learn the total, and nothing else. A sum may be over fewer
/// clients than the one before: what is to be divided by a weight takes the weight from the same sum.
struct Pool<Member: TaskContext> {
  let task: Member
  let clients: [PartyID]
  let arbiter: PartyID
  let scope: TaskScope
  let fixedPoint: FixedPoint
  private(set) var protection: any SumProtection
  private var round = 0
  /// The hash of all totals so far: who was told others masks under another label.
  private var model: ContentHash?
  /// Over whom the last sum was, by id.
  private(set) var summed: [PartyID]
  /// How many values were clipped so far, over all clients.
  private(set) var clips = 0

  /// - Parameter protection: of an encryptor; without one, keys are agreed for this task alone.
  /// - Throws: `role-missing` without an arbiter, `too-few-parties` for masks among fewer than three
  ///   clients, `protocol-violation`.
  init(_ keys: Artifact<ProtectionKeys>?, in task: Member) async throws {
    guard let arbiter = task.arbiter else {
      throw Failure("role-missing", "sums over parties need an arbiter, but the task has none")
    }
    self.task = task
    self.arbiter = arbiter
    clients = task.clients
    protection = try await MoiraComponents.protection(keys, in: task, arbiter: arbiter)
    scope = TaskScope(job: task.job, task: task.task, attempt: task.attempt)
    summed = task.clients
    fixedPoint = try unwrapping { () throws(FixedPointError) in
      try FixedPoint(parties: task.clients.count)
    } orThrow: {
      $0.failure
    }
    task.report(.protection(protection.summary))
  }

  /// The fewest clients that a sum can be over: so many shares of noise are surely in it.
  var leastSummed: Int { protection.leastSummed }

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
      note(clips: try fixedPoint.decodeCounts([sum[count]])[0])
      return try fixedPoint.decodeReals(Array(sum[..<count]))
    } catch {
      throw named(error.failure, name)
    }
  }

  /// The arbiter tells, for it is there to the end.
  private mutating func note(clips more: Int) {
    guard more > 0 else { return }
    clips += more
    if task.role == .arbiter { task.report(.tally("values clipped to ±4096", "\(clips)")) }
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

  /// One sum: the words of the total, the same at every member.
  ///
  /// - Parameter noise: what the arbiter adds to the sum before anybody else sees it.
  mutating func total(
    _ words: [UInt64]?, count: Int, name: String, noise: [UInt64]? = nil
  ) async throws -> [UInt64] {
    let label = nextLabel(name)
    let total: SummedWords
    do {
      total = try await protection.total(words, label, count: count, noise: noise, in: task)
    } catch let failure as Failure where failure.code != "protocol-violation" {
      throw named(failure, name)
    }
    model = hash(of: total, after: model)
    summed = total.parties
    return total.words
  }

  /// What the next sum, or other exchange of values, is called; used once.
  mutating func nextLabel(_ name: String) -> MaskLabel {
    round += 1
    return MaskLabel(scope: scope, round: round, tensor: name, model: model)
  }

  private func hash(of total: SummedWords, after last: ContentHash?) -> ContentHash {
    var hasher = ContentHasher()
    var head = ByteWriter()
    head.write("moira/totals/1")
    head.write(last?.text ?? "")
    for party in total.parties { head.write(party.text) }
    hasher.update(head.bytes)
    total.words.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  func named(_ failure: Failure, _ name: String) -> Failure {
    var failure = Failure(
      failure.code, "the sum '\(name)': \(failure.message)", hint: failure.hint,
      cause: failure.cause, isTransient: failure.isTransient)
    failure.party = task.role == .arbiter ? nil : task.party
    return failure
  }
}

/// Calls `body`, and turns its error.
func unwrapping<Value, Problem: Error>(
  _ body: () throws(Problem) -> Value, orThrow failure: (Problem) -> Failure
) throws(Failure) -> Value {
  do { return try body() } catch { throw failure(error) }
}
