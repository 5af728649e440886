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
      parties: parties, protection: protection, tables: tables, earlier: earlier
    ).draft(dag)
  }

  // MARK: Runs

  func start(
    _ draft: FlowDraft, as job: JobID, tables: [FlowTable], useCache: Bool
  ) async throws(Failure) -> FlowRun {
    let lock = try JobLock.acquire(job, home: composition.home)
    let coordinator = try coordinator(of: draft.plan, tables)
    var options = Coordinator.Options()
    options.useCache = useCache
    let running = try await coordinator.submit(
      draft.plan, as: job, source: draft.source, options: options)
    return FlowRun(running, hold: FlowHold(lock, running, home: composition.home))
  }

  func resume(_ job: JobID, tables: [FlowTable]) async throws(Failure) -> FlowRun {
    guard let record = try await store.record(of: job) else {
      throw Failure("job-unknown", "there is no job '\(job)'")
    }
    let lock = try JobLock.acquire(job, home: composition.home)
    let running = try await coordinator(of: record.plan, tables).resume(job)
    return FlowRun(running, hold: FlowHold(lock, running, home: composition.home))
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
