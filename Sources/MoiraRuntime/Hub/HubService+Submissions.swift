internal import MoiraCrypto
internal import MoiraKit
public import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule

/// What submitters ask of the hub.
extension HubService {
  /// Notes a job, and asks its parties. The very same submission again, or one under its key, is the job that
  /// it was before.
  ///
  /// - Parameter submitter: as the certificate of the connection shows them.
  /// - Throws: `submission-unproven` unless the submitter's signature is for the plan that the hub makes;
  ///   `idempotency-key-reused` for another submission under a key.
  public func submit(
    _ request: JobRequest, by submitter: HubMember
  ) async throws(Failure) -> JobID {
    let name = submitter.id.text
    let id = try request.id(for: name)
    if request.key != nil, try await isNoted(id, request, by: submitter) { return id }
    try letIn(id, of: name)
    defer { arriving.leave(id) }
    let plan = try await provenPlan(of: request, by: submitter)
    let record = JobRecord(
      id: id, created: clock.now(), source: request.source, plan: plan,
      planHash: plan.contentHash, identities: try identities(of: plan),
      submission: Submission(
        submitter: name, key: request.key,
        priority: request.priority ?? plan.service?.priority ?? 0, from: request.from,
        proof: request.proof, certificate: submitter.certificate))
    do throws(Failure) {
      try await store.create(record)
    } catch  where error.code == "job-exists" {
      if try await isNoted(id, request, by: submitter) { return id }
      throw error
    }
    do throws(Failure) {
      try await takeUp(id)
    } catch {
      // It is noted: whoever submits it again is told so, and it must run.
      Task { await setAside(id, error) }
    }
    return id
  }

  /// Gives a submission its place among its submitter's waiting jobs. Nothing is awaited between the count
  /// and the place, so that no two take the last one.
  ///
  /// - Throws: `submitter-limit`.
  private func letIn(_ id: JobID, of submitter: String) throws(Failure) {
    if jobs[id] == nil, !arriving.contains(id) { try checkLimit(of: submitter) }
    arriving.enter(id, of: submitter)
  }

  private func checkLimit(of submitter: String) throws(Failure) {
    let noted = jobs.values.count {
      $0.record.submission?.submitter == submitter && $0.phase != .running
    }
    let waiting = noted + arriving.jobs(of: submitter).count { jobs[$0] == nil }
    guard waiting < settings.queue.queuedPerSubmitter else {
      throw Failure(
        "submitter-limit", "'\(submitter)' has \(waiting) jobs that wait, and may have no more",
        hint: "'moira jobs' lists them, 'moira stop' takes one out")
    }
  }

  /// What the hub makes of a submission. What no party would believe is told to the submitter at once.
  private func provenPlan(
    of request: JobRequest, by submitter: HubMember
  ) async throws(Failure) -> Plan {
    var plan = try await planner.plan(request.source)
    if let from = request.from { plan = plan.withoutReuse(from: from) }
    let proof = request.proof
    guard proof.isValid(of: plan, by: submitter.id.text, submitter.identity) else {
      throw Failure(
        "submission-unproven",
        "'\(submitter.id)' has not signed the plan that the hub makes of the pipeline",
        hint: "is the hub's build another one than yours? 'moira party list' shows the builds")
    }
    try proof.checkAge(at: clock.now())
    return plan
  }

  /// Whether a submission is one that was noted before: the very same, said again, or one under its key.
  ///
  /// - Throws: `idempotency-key-reused` where the key was used for another.
  private func isNoted(
    _ id: JobID, _ request: JobRequest, by submitter: HubMember
  ) async throws(Failure) -> Bool {
    guard let record = try await store.record(of: id) else { return false }
    guard request.key != nil else {
      let noted = record.submission
      return noted?.submitter == submitter.id.text && noted?.proof == request.proof
    }
    if let failure = request.differing(from: record) { throw failure }
    // The signature covers all that the plan asks: the submitter means just the plan that was noted.
    let name = submitter.id.text
    if request.proof.isValid(of: record.plan, by: name, submitter.identity) { return true }
    _ = try await provenPlan(of: request, by: submitter)
    throw .keyReused(id, "makes another plan now")
  }

  private func identities(of plan: Plan) throws(Failure) -> [PartyID: IdentityPublicKey] {
    var identities: [PartyID: IdentityPublicKey] = [:]
    for seat in plan.members {
      guard let member = members[seat.registered] else {
        let near = nearestName(to: seat.registered.text, among: members.keys.map(\.text).sorted())
        throw Failure(
          "party-unregistered", "'\(seat.registered)' has never been connected to this hub",
          hint: near.map { "did you mean '\($0)'?" } ?? "'moira party list' shows who has")
      }
      identities[seat.party] = member.identity
    }
    return identities
  }

  /// Ends a job now.
  ///
  /// - Parameter member: who asks: the submitter of the job, or a party of it.
  /// - Throws: `job-unknown`, `job-ended`, `stop-refused`.
  public func stop(_ id: JobID, reason: String, by member: PartyID) async throws(Failure) {
    if let job = jobs[id] {
      guard job.record.submission?.submitter == member.text || job.parties.contains(member) else {
        throw Failure(
          "stop-refused",
          "a job is stopped by its submitter or one of its parties, but '\(member)' is neither")
      }
      if job.phase == .running {
        jobs[id]?.stopReason = reason
        await job.driver?.stop(reason: reason)
      } else {
        await end(id, failures: [], stopReason: reason)
      }
      return
    }
    guard let record = try await store.record(of: id) else {
      throw Failure("job-unknown", "there is no job '\(id)'", hint: "'moira jobs' lists them")
    }
    throw Failure(
      "job-ended",
      "the job '\(id)' has \(record.state == .stopped ? "been stopped" : record.state.rawValue)")
  }

  // MARK: Watching

  /// What a job has told and tells, until it ends.
  ///
  /// - Throws: `job-unknown`.
  public func updates(of id: JobID) async throws(Failure) -> AsyncStream<JobUpdate> {
    let live = jobs[id]?.feed.watch()
    let earlier = try await told(by: id)
    let (stream, continuation) = AsyncStream.makeStream(of: JobUpdate.self)
    let words = standing(of: id)
    let forwarding = Task {
      for update in earlier { continuation.yield(update) }
      if let words { continuation.yield(.waiting(words)) }
      if let live {
        for await update in live.updates { continuation.yield(update) }
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in
      forwarding.cancel()
      if let number = live?.number { Task { await self.leave(id, watcher: number) } }
    }
    return stream
  }

  private func leave(_ id: JobID, watcher: Int) { jobs[id]?.feed.leave(watcher) }

  private func told(by id: JobID) async throws(Failure) -> [JobUpdate] {
    guard try await store.record(of: id) != nil else {
      throw Failure("job-unknown", "there is no job '\(id)'", hint: "'moira jobs' lists them")
    }
    let snapshot = JobMachine(replaying: try await store.journal(of: id)).snapshot
    guard let snapshot else { return [] }
    let reports = try await store.reports(of: id, after: 0).map { JobUpdate.report($0.report) }
    let isOver = snapshot.state.isFinal && jobs[id] == nil
    return [.began(snapshot)] + reports + (isOver ? [.ended(snapshot)] : [])
  }

  // MARK: Parties

  /// A party as the hub knows it.
  public struct PartyStanding: Hashable, Codable, Sendable {
    public let party: PartyID
    public let isConnected: Bool
    /// Since when it has been connected or away; nil if not since the hub began.
    public let since: Instant?
    public let build: String?
    public let components: [String: Int]
    public let validUntil: Instant
    /// In DER, for whoever wants to check it.
    public let certificate: [UInt8]
  }

  public func parties() -> [PartyStanding] {
    let standings = Dictionary(uniqueKeysWithValues: desk.standings.map { ($0.party, $0) })
    return members.values.sorted { $0.id < $1.id }.map { member in
      let standing = standings[member.id]
      return PartyStanding(
        party: member.id, isConnected: standing?.isConnected ?? false,
        since: standing?.hello == nil ? nil : standing?.since, build: standing?.hello?.build,
        components: standing?.hello?.components ?? [:], validUntil: member.validUntil,
        certificate: member.certificate)
    }
  }

  static let memberShelf = "members"

  func readMembers() async throws(Failure) {
    for (key, bytes) in try await store.documents(on: Self.memberShelf) {
      guard let member = try? RecordJSON.value(HubMember.self, bytes) else { continue }
      members[PartyID(key)] = member
    }
  }

  /// Keeps a member as it came last, so that it is known while it is away.
  func keep(_ member: HubMember) async throws(Failure) {
    guard members[member.id] != member else { return }
    try await store.change([
      DocumentChange(
        shelf: Self.memberShelf, key: member.id.text, bytes: RecordJSON.bytes(member))
    ])
    members[member.id] = member
  }

  /// The bytes of an artifact, sealed by its party for whoever asks.
  public func artifact(
    _ question: ArtifactRequest, for submitter: HubMember
  ) async throws(Failure) -> AsyncThrowingStream<[UInt8], any Error> {
    guard let record = try await store.record(of: question.job) else {
      throw Failure("job-unknown", "there is no job '\(question.job)'")
    }
    guard let seat = record.plan.members.first(where: { $0.party == question.seat }) else {
      throw Failure("party-unknown", "'\(question.seat)' has no part in the job '\(question.job)'")
    }
    let asked = ArtifactQuestion(
      job: question.job, seat: seat.party, task: question.task, reference: question.reference,
      submitter: submitter.id.text, certificate: submitter.certificate)
    return askForPieces(.artifact(asked), of: seat.registered, wait: .seconds(30))
  }
}

/// An artifact that a submitter wants to have.
public struct ArtifactRequest: Hashable, Codable, Sendable {
  public let job: JobID
  public let seat: PartyID
  public let task: TaskID
  public let reference: ArtifactReference

  public init(job: JobID, seat: PartyID, task: TaskID, reference: ArtifactReference) {
    self.job = job
    self.seat = seat
    self.task = task
    self.reference = reference
  }
}
