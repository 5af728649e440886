import Foundation
import MoiraComponents
import MoiraConfig
import MoiraFlow
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraTable
import Synchronization

/// All the parties of FATE's jobs in this process: what `moira run` is, behind the API.
final class FlowLiveFederation: FlowFederation {
  private let composition: Composition
  private let store: any JobStore
  private let parties: RegisteredParties
  private let protection: FateProtection?
  /// Kept, so that a party's files are looked through once for each process.
  private let artifacts = Mutex<[PartyID: any ArtifactStore]>([:])

  init(
    composition: Composition, store: any JobStore, parties: RegisteredParties,
    protection: FateProtection?
  ) {
    self.composition = composition
    self.store = store
    self.parties = parties
    self.protection = protection
  }

  var components: [String] { FatePipeline.componentNames }

  // MARK: Drafts

  func draft(
    _ dag: ConfigValue, tables: [FlowTable], earlier: any FlowEarlierJobs
  ) async throws(FlowRefusal) -> FlowDraft {
    try await FlowDrafting(
      folder: parties.folder, diagnostics: parties.diagnostics, protection: protection,
      earlier: earlier, isPlannedElsewhere: false
    ).draft(dag) { registry($0, tables) }
  }

  /// Every party of the DAG is at home here, with the tables that it may read.
  private func registry(_ fate: FatePipeline, _ tables: [FlowTable]) -> Registry {
    var datasets: [PartyID: [String]] = [:]
    for member in fate.pipeline.members {
      let party = member.registered
      let shared = tables.filter { $0.party.map { $0 == party.text } ?? true }.map(\.dataset)
      datasets[party] = shared + (parties[party]?.profile.datasets.map(\.name) ?? [])
    }
    return Registry(datasets: datasets)
  }

  // MARK: Runs

  func name(of job: JobID) -> JobID? { nil }

  func start(
    _ draft: FlowDraft, as job: JobID, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun {
    let lock = try JobLock.acquire(job, home: composition.home)
    let coordinator = try coordinator(of: draft.plan, tables)
    return run(try await coordinator.submit(draft.plan, as: job, source: draft.source), lock)
  }

  func resume(
    _ draft: FlowDraft, _ job: JobID, given: JobID?, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun? {
    guard let record = try await store.record(of: job) else { return nil }
    let lock = try JobLock.acquire(job, home: composition.home)
    return run(try await coordinator(of: record.plan, tables).resume(job), lock)
  }

  /// Its parts ended with the process that ran them.
  func stop(left job: JobID, reason: String) {}

  private func run(_ running: Coordinator.Running, _ lock: FileLock) -> FlowRun {
    FlowRun(
      updates: running.updates,
      hold: FlowHold(lock, running, home: composition.home),
      stop: { reason in await running.driver.stop(reason: reason) })
  }

  private func coordinator(of plan: Plan, _ tables: [FlowTable]) throws(Failure) -> Coordinator {
    var grounds: [PartyID: Federation.Ground] = [:]
    for member in plan.members {
      let own = parties[member.registered]
      let shared = tables.filter { $0.party.map { $0 == member.registered.text } ?? true }
      let profile = PartyProfile(
        id: member.registered,
        datasets: shared.map(entry) + (own?.profile.datasets ?? []))
      grounds[member.party] = Federation.Ground(
        artifacts: try artifacts(of: member.party),
        datasets: FileDatasets(profile: profile, folder: own?.folder ?? parties.folder))
    }
    return composition.coordinator(of: grounds, store: store)
  }

  private func entry(_ table: FlowTable) -> DatasetEntry {
    let path =
      switch table.place {
      case .kept(let hash): FlowHome.path(of: hash, composition.home)
      case .bound(let path): path
      }
    let absolute =
      path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    return DatasetEntry(
      name: table.dataset, path: absolute, options: table.meta.readingOptions, site: nil)
  }

  func bytes(of artifact: FlowArtifact) async throws(Failure) -> any ArtifactBytes {
    try await artifacts(of: artifact.member).get(artifact.reference.hash)
  }

  var takesData: Bool { true }

  func artifacts(of party: PartyID) throws(Failure) -> any ArtifactStore {
    if let store = artifacts.withLock({ $0[party] }) { return store }
    let store = try composition.artifacts(of: party)
    artifacts.withLock { $0[party] = store }
    return store
  }

  // MARK: Tables

  func look(at table: FlowTable, _ bytes: any ArtifactBytes) async throws(Failure)
    -> FlowTableSight
  {
    do {
      let image = try bytes.withBytes { raw throws(CSVError) in
        try readCSV(raw, options: table.meta.csvOptions)
      }
      let read = try Table(image)
      return FlowTableSight(rows: read.rows, columns: read.schema.columnNames)
    } catch let error as CSVError {
      throw error.failure(in: table.dataset, at: PartyID(table.party ?? "local"))
    } catch {
      throw Failure("artifact-corrupt", "a new table cannot be opened", cause: "\(error)")
    }
  }
}

/// What is held while a job runs: its lock, and the eye on requests to stop it.
final class FlowHold: Sendable {
  private let lock: FileLock
  private let watching: Task<Void, Never>

  init(_ lock: FileLock, _ running: Coordinator.Running, home: Home) {
    self.lock = lock
    let requests = StopRequests(of: running.job, home: home)
    requests.clear()
    watching = Task { await requests.watch { await running.driver.stop(reason: $0) } }
  }

  deinit { watching.cancel() }
}

extension FlowTableMeta {
  /// As a party's registry would say it.
  var readingOptions: ConfigValue {
    var entries: [(key: String, value: ConfigValue)] = [
      ("delimiter", .string(delimiter)), ("header", .bool(hasHeader)),
    ]
    for (key, name) in [("id", id), ("label", label), ("weight", weight)] {
      if let name { entries.append((key, .string(name))) }
    }
    for (key, list) in [("missing", missing), ("names", header)] {
      if let list { entries.append((key, .list(list.map { .string($0) }))) }
    }
    if !categorical.isEmpty {
      entries.append(("categorical", .list(categorical.map { .string($0) })))
    }
    return .map(entries)
  }

  var csvOptions: CSVOptions {
    let byte = delimiter == "\\t" ? 9 : delimiter.utf8.first ?? UInt8(ascii: ",")
    return CSVOptions(
      delimiter: byte, hasHeader: hasHeader, missing: missing ?? CSVOptions.usualMissing,
      names: hasHeader ? nil : header, id: id, label: label, weight: weight,
      categorical: categorical)
  }
}
