internal import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
public import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule

/// The life of a job: consent, its turn, its run.
extension HubService {
  /// Takes a job in hand, one that is new or one that another process left.
  func takeUp(_ id: JobID) async throws(Failure) {
    guard jobs[id] == nil, let record = try await store.record(of: id) else { return }
    let machine = JobMachine(replaying: try await store.journal(of: id))
    if let state = machine.state, state.isFinal {
      return try await store.conclude(id, state, at: machine.ended ?? clock.now())
    }
    var job = RunningJob(record, phase: .running)
    if machine.shape == nil { job.phase = .asking(Set(job.parties)) }
    jobs[id] = job
    if machine.shape != nil {
      unsaid.formUnion(machine.openParts.map { OrderKey($0, of: id) })
      // A queue that takes no more still knows what runs.
      try? queue.addRunning(request(record), at: clock.now())
      begin(id)
    } else {
      propose(job)
    }
    count()
  }

  private func propose(_ job: RunningJob) {
    let certificates = Dictionary(
      uniqueKeysWithValues: job.parties.compactMap { party in
        members[party].map { (party, $0.certificate) }
      })
    let proposal = JobProposal(
      job: job.record.id, job.record.submission ?? Submission(submitter: ""),
      plan: job.record.plan, certificates: certificates, addresses: addresses(of: job))
    let bytes = RecordJSON.bytes(proposal)
    for party in job.parties {
      let event = HubDesk.Event.propose(
        job.record.id, proposal: bytes, to: party, wait: consentWait(job.record.plan))
      carryOut(desk.handle(event, at: clock.now()))
    }
    tellWaiting(job.record.id)
  }

  /// A party that is away is waited for as long as the job's tasks would wait for it.
  private func consentWait(_ plan: Plan) -> Duration {
    let longest = plan.tasks.compactMap(\.policy.waitForParty).max() ?? PlannedPolicy.usualWait
    return min(settings.consentWait, Duration(planned: longest))
  }

  private func addresses(of job: RunningJob) -> [PartyID: String] {
    guard job.record.plan.service?.direct == true else { return [:] }
    var addresses: [PartyID: String] = [:]
    for standing in desk.standings where job.parties.contains(standing.party) {
      addresses[standing.party] = standing.hello?.direct
    }
    return addresses
  }

  func decide(_ id: JobID, _ party: PartyID, _ consent: Consent) {
    jobs[id]?.decide(party, consent)
    guard let job = jobs[id], job.isDecided else { return tellWaiting(id) }
    if job.refusals.isEmpty {
      wait(job)
    } else {
      Task { await end(id, failures: job.refusals) }
    }
  }

  private func wait(_ job: RunningJob) {
    let id = job.record.id
    jobs[id]?.phase = .queued
    do {
      try queue.add(request(job.record), at: clock.now())
      admit()
      tellWaiting(id)
    } catch {
      Task { await end(id, failures: [error]) }
    }
  }

  private func request(_ record: JobRecord) -> QueueRequest {
    let megabytes = max(0, min(record.plan.service?.memory ?? 0, JobConf.memoryLimit))
    let need = QueueNeed(slots: 1, memory: megabytes << 20)
    let parties = Set(record.plan.holders.values)
    return QueueRequest(
      job: record.id, submitter: record.submission?.submitter ?? "",
      priority: record.submission?.priority ?? 0,
      needs: Dictionary(uniqueKeysWithValues: parties.map { ($0, need) }), queued: record.created)
  }

  /// Begins the jobs whose turn it is.
  func admit() {
    guard !isLeaving else { return }
    let next = queue.take(at: clock.now())
    for id in next { begin(id) }
    if !next.isEmpty { count() }
  }

  private func begin(_ id: JobID) {
    guard let record = jobs[id]?.record else { return }
    jobs[id]?.phase = .running
    carryOut(desk.handle(.opened(id, seats: record.plan.holders), at: clock.now()))
    Task { await drive(id, record) }
  }

  private func drive(_ id: JobID, _ record: JobRecord) async {
    let coordinator = Coordinator(store: store, links: links(of: record), clock: clock)
    do {
      let running = try await coordinator.recover(id)
      jobs[id]?.driver = running.driver
      if let reason = jobs[id]?.stopReason { await running.driver.stop(reason: reason) }
      var broken: Failure?
      for await update in running.updates {
        if case .ended(let snapshot) = update { metrics.ended(snapshot.state) }
        if case .broken(let failure) = update {
          // Not told: the job is taken up again, and who watches it dials again.
          broken = failure
        } else {
          jobs[id]?.feed.tell(update)
        }
      }
      if let broken { return await setAside(id, broken) }
      finish(id)
    } catch {
      await setAside(id, error)
    }
  }

  /// The store does not take what the job must note: it stays as its journal has it, and is taken up
  /// again as soon as the store is back.
  func setAside(_ id: JobID, _ failure: Failure) async {
    guard !isLeaving else { return }
    metrics.brokenOff(id, failure)
    drop(id)
    aside.insert(id)
    defer { aside.remove(id) }
    var pause = Duration.seconds(1)
    while !isLeaving {
      guard (try? await clock.sleep(until: clock.now() + pause)) != nil else { return }
      do {
        return try await takeUp(id)
      } catch {
        pause = min(pause * 2, .seconds(30))
      }
    }
  }

  private func links(of record: JobRecord) -> [PartyID: any PartyLink] {
    var links: [PartyID: any PartyLink] = [:]
    for seat in record.plan.members {
      guard let key = record.identities?[seat.party] else { continue }
      links[seat.party] = HubLink(hub: self, seat: seat, job: record.id, key: key)
    }
    return links
  }

  private func finish(_ id: JobID) {
    guard !isLeaving else { return }
    drop(id)
    carryOut(desk.handle(.over(id), at: clock.now()))
    admit()
    count()
  }

  /// Ends a job that has not begun, and notes why.
  func end(_ id: JobID, failures: [Failure], stopReason: String? = nil) async {
    guard let record = jobs[id]?.record, jobs[id]?.phase != .running else { return }
    jobs[id]?.phase = .running
    do throws(Failure) {
      let shape = try record.plan.shape(
        job: id, parallelism: nil, useCache: true, seed: Coordinator.seed(of: id))
      let now = clock.now()
      let refusal = JobRefusal(shape: shape, failures: failures, stopReason: stopReason)
      let entry = JournalEntry(.refused(refusal), at: now)
      try await store.append([entry], made: [], to: id)
      let machine = JobMachine(replaying: [entry])
      try await store.conclude(id, machine.state ?? .failed, at: now)
      if let snapshot = machine.snapshot { jobs[id]?.feed.tell(.ended(snapshot)) }
      metrics.ended(machine.state ?? .failed)
      // Whoever agreed is told that nothing comes of it.
      carryOut(desk.handle(.opened(id, seats: record.plan.holders), at: now))
      finish(id)
    } catch {
      await setAside(id, error)
    }
  }

  private func tellWaiting(_ id: JobID) {
    if let words = standing(of: id) { jobs[id]?.feed.tell(.waiting(words)) }
  }

  /// Why a job has not begun, in words; nil when it has, or is over.
  public func standing(of id: JobID) -> String? {
    switch jobs[id]?.phase {
    case .asking(let parties):
      let names = parties.sorted().map { "'\($0)'" }.joined(separator: ", ")
      return "waits for the consent of \(names)"
    case .queued: return queue.standing(of: id, at: clock.now())?.words ?? "waits for its turn"
    case .running, nil: return nil
    }
  }

  private func drop(_ id: JobID) {
    unsaid = unsaid.filter { $0.job != id }
    letAgentsIn()
    jobs[id]?.feed.end()
    jobs[id] = nil
    queue.remove(id)
  }

  func count() {
    let running = jobs.values.count { $0.phase == .running }
    metrics.standing(running, jobs.count - running)
  }
}

extension QueueStanding {
  fileprivate var words: String {
    switch self {
    case .running: "runs"
    case .waiting(let place, let reason): "number \(place) in the queue: \(reason)"
    }
  }
}
