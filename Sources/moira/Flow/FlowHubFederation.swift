import MoiraComponents
import MoiraConfig
import MoiraFlow
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraTable
import MoiraWire

/// The parties of a hub: FATE's jobs are submitted there under the member's own certificate.
struct FlowHubFederation: FlowFederation {
  let hub: HubAccess
  let protection: FateProtection?

  var components: [String] { FatePipeline.componentNames }
  var takesData: Bool { false }

  // MARK: Drafts

  /// Which datasets there are, each party knows alone: it says so when it is asked for consent.
  func draft(
    _ dag: ConfigValue, tables: [FlowTable], earlier: any FlowEarlierJobs
  ) async throws(FlowRefusal) -> FlowDraft {
    let registry = Registry(parties: try await parties())
    return try await FlowDrafting(
      folder: "", diagnostics: Diagnostics(), protection: protection, earlier: earlier,
      isPlannedElsewhere: true
    ).draft(dag) { _ in registry }
  }

  private func parties() async throws(FlowRefusal) -> [PartyID] {
    do throws(Failure) {
      return try await hub.client.parties().map(\.party)
    } catch {
      throw FlowRefusal(error)
    }
  }

  // MARK: Runs

  private func key(of job: JobID) -> String { "flow-\(job)" }

  func name(of job: JobID) -> JobID? { hub.job(under: key(of: job)) }

  /// The hub makes one job of all that comes under the flow job's id, so that it can be said twice.
  func start(
    _ draft: FlowDraft, as job: JobID, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun {
    guard let pipeline = draft.pipeline else {
      throw Failure(
        "flow-state", "the job '\(job)' was drafted for parties in the server's own process",
        hint: "serve it without '--hub', or submit its DAG again")
    }
    let source = PipelineSource(
      file: FlowDrafting.file, text: pipeline, overrides: [], parties: "")
    // Of this build, as the hub's is of its own: the draft may be older.
    let plan = try await HubPlanner(home: .elsewhere).plan(source)
    let request = try hub.request(
      source, planned: plan, key: key(of: job), priority: draft.priority)
    return run(
      try await answered(about: job) { [client = hub.client] () async throws(Failure) in
        try await client.submit(request)
      })
  }

  /// A call that was cut may have reached the hub: it is said again until the hub has answered.
  private func answered<Answer>(
    about job: JobID, _ call: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    try await hub.redialling(about: job, after: .seconds(1), where: hub.mayPass, call)
  }

  /// - Throws: `idempotency-key-reused` if the hub has another pipeline under the job's key.
  func resume(
    _ draft: FlowDraft, _ job: JobID, given: JobID?, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun? {
    let name = given ?? hub.job(under: key(of: job))
    let store = HubJobStore(hub.client)
    let record = try await answered(about: job) { () async throws(Failure) in
      try await store.record(of: name)
    }
    guard let record else { return nil }
    guard record.source.text == draft.pipeline else {
      throw Failure(
        "idempotency-key-reused", "the hub's job '\(name)' is another pipeline than '\(job)' is",
        hint: "another server submits as '--as' does; 'flow job rerun' takes a new key")
    }
    return run(record.id)
  }

  func stop(left job: JobID, reason: String) async throws(Failure) {
    do throws(Failure) {
      try await hub.client.stop(job, reason: reason)
    } catch  where error.code == "job-unknown" {
      // It was noted, and the process died before the hub had heard of it.
      return
    }
  }

  private func run(_ job: JobID) -> FlowRun {
    let client = hub.client
    return FlowRun(
      updates: hub.updates(of: job),
      stop: { reason async throws(Failure) in try await client.stop(job, reason: reason) })
  }

  // MARK: What lies at the parties

  func bytes(of artifact: FlowArtifact) async throws(Failure) -> any ArtifactBytes {
    let request = MoiraRuntime.ArtifactRequest(
      job: artifact.job, seat: artifact.member, task: artifact.task,
      reference: artifact.reference)
    do throws(Failure) {
      return AlignedBytes(try await hub.artifact(request))
    } catch {
      guard error.code == "policy-release" else { throw error }
      var told = error
      told.hint =
        "it lies at the party, and stays there: 'release' in its party.yaml says what may leave"
      throw told
    }
  }

  func artifacts(of party: PartyID) throws(Failure) -> any ArtifactStore {
    throw .dataAtParty("what '\(party)' has")
  }

  func look(
    at table: FlowTable, _ bytes: any ArtifactBytes
  ) async throws(Failure) -> FlowTableSight {
    throw .dataAtParty("a table")
  }
}
