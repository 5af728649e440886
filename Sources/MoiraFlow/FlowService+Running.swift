internal import MoiraConfig
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime
internal import MoiraSchedule

/// A running job as its updates tell of it.
struct LiveJob {
  let stop: FlowRun.Stop
  var tasks: [TaskID: TaskSnapshot] = [:]
  /// Why it has not begun yet.
  var waiting: String?
}

extension FlowService {
  /// Sees a job from its start to its end.
  func carryOut(_ id: String) async {
    guard let job = jobs[id], !job.status.isFinal else { return }
    if job.local != nil {
      await carryOutLocally(id)
    } else {
      await carryOutInFederation(id)
    }
  }

  private func carryOutInFederation(_ id: String) async {
    let run: FlowRun
    do throws(FlowRefusal) {
      guard let begun = try await begin(id) else {
        return await conclude(id, .canceled, error: nil)
      }
      run = begun
    } catch {
      return await conclude(id, .failed, error: error.message)
    }
    live[id] = LiveJob(stop: run.stop)
    await stopIfAsked(id)
    for await update in run.updates {
      switch update {
      case .began(let snapshot):
        live[id]?.waiting = nil
        live[id]?.tasks = Dictionary(
          snapshot.tasks.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
      case .task(let task): live[id]?.tasks[task.id] = task
      case .waiting(let words): live[id]?.waiting = words
      case .report: break
      case .ended(let snapshot): await conclude(id, with: snapshot)
      case .broken(let failure): await conclude(id, .failed, error: failure.flowText)
      }
    }
    withExtendedLifetime(run.hold) {}
    live[id] = nil
  }

  private func stopIfAsked(_ id: String) async {
    guard jobs[id]?.isToStop == true, let stop = live[id]?.stop else { return }
    do throws(Failure) {
      try await stop(Self.stopReason)
    } catch  where error.code == "job-ended" {
      return
    } catch {
      // The client was told that it stops: the job's row says that it does not.
      let words = error.flowText
      try? await update(id) { job in
        job.error = words
        job.isToStop = nil
      }
    }
  }

  static let stopReason = "stopped by a client"

  /// - Returns: nil for a job that was to stop before anything of it had begun.
  private func begin(_ id: String) async throws(FlowRefusal) -> FlowRun? {
    let isInterrupted = jobs[id]?.status == .running
    let draft = try await draft(of: id)
    if isInterrupted, let run = try await goOn(id, draft) { return run }
    if jobs[id]?.isToStop == true { return nil }
    let now = ground.clock.now()
    let federation = ground.federation
    // Noted before anything begins, so that what has begun is found whenever the process dies.
    try await update(id) { job in
      job.status = .running
      job.run += 1
      job.given = federation.name(of: job.begunID)
      job.started = now
      job.ended = nil
      job.error = nil
    }
    guard let job = jobs[id] else {
      throw FlowRefusal(.jobNotFound, Failure("job-unknown", "there is no job '\(id)'"))
    }
    do throws(Failure) {
      return try await federation.start(draft, as: job.begunID, tables: Array(tables.values))
    } catch {
      throw FlowRefusal(.jobCreation, error)
    }
  }

  /// Resumes the run of a process that died; nil when that run had not begun.
  private func goOn(_ id: String, _ draft: FlowDraft) async throws(FlowRefusal) -> FlowRun? {
    guard let job = jobs[id] else { return nil }
    let run = job.runID
    do throws(Failure) {
      let resumed = try await ground.federation.resume(
        draft, job.begunID, given: job.given, tables: Array(tables.values))
      if resumed == nil { jobs[id]?.run -= 1 }
      return resumed
    } catch {
      // The process died between the job's end and its note of that.
      guard error.code == "job-ended", let snapshot = try? await snapshot(of: run) else {
        throw FlowRefusal(.jobCreation, error)
      }
      await conclude(id, with: snapshot)
      throw FlowRefusal(.jobCreation, error)
    }
  }

  private func conclude(_ id: String, with snapshot: JobSnapshot) async {
    snapshots[snapshot.id] = snapshot
    let refusals = snapshot.refusals?.map(\.flowText).joined(separator: "\n")
    let failure = snapshot.tasks.lazy.compactMap(\.failure).first
    await conclude(
      id, FlowStatus(snapshot.state),
      error: refusals ?? failure?.flowText ?? Self.stopByOthers(snapshot))
  }

  /// Who has stopped the job, if no client of this server did.
  private static func stopByOthers(_ snapshot: JobSnapshot) -> String? {
    guard snapshot.state == .stopped, let reason = snapshot.stopReason, !reason.isEmpty else {
      return nil
    }
    return reason.hasSuffix(stopReason) ? nil : reason
  }

  /// Notes the end of a job. What cannot be kept is told all the same, and found again by replay.
  func conclude(_ id: String, _ status: FlowStatus, error: String?) async {
    guard jobs[id]?.status.isFinal == false else { return }
    let now = ground.clock.now()
    try? await update(id) { job in
      job.status = status
      job.started = job.started ?? now
      job.ended = now
      job.error = error
      job.isToStop = nil
    }
  }

  /// How a run stands by its journal.
  func snapshot(of run: JobID) async throws(FlowRefusal) -> JobSnapshot? {
    if let snapshot = snapshots[run] { return snapshot }
    do throws(Failure) {
      let snapshot = JobMachine(replaying: try await ground.jobs.journal(of: run)).snapshot
      if let snapshot, snapshot.state.isFinal { snapshots[run] = snapshot }
      return snapshot
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  /// The tasks of a job's plan as they stand now.
  func steps(of job: FlowJob) async throws(FlowRefusal) -> [TaskID: TaskSnapshot] {
    if let live = live[job.id], !live.tasks.isEmpty { return live.tasks }
    guard job.run > 0, let snapshot = try await snapshot(of: job.runID) else { return [:] }
    return Dictionary(snapshot.tasks.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
  }
}
