import Foundation
internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraRuntime
internal import MoiraTable

/// A local job's seat: FATE's pseudo party.
extension FlowSeat {
  static let local = FlowSeat(role: "local", party: "0", member: "local")
}

extension FlowService {
  /// Jobs that bring a table here, or take one away. They need no federation, and wait for nobody.
  func runLocally(
    _ tasks: [FlowJob.LocalTask], user: String
  ) async throws(FlowRefusal) -> FlowJob {
    try await add(
      seats: [.local], priority: Self.localPriority, user: user, model: (nil, nil), draft: nil,
      local: tasks)
  }

  /// Before any job of the federation, whose tables they may bring.
  private static let localPriority = Int(Int32.max)

  /// Runs the tasks of a local job one after the other.
  func carryOutLocally(_ id: String) async {
    let now = ground.clock.now()
    try? await update(id) { job in
      job.status = .running
      job.started = now
    }
    for place in (jobs[id]?.local ?? []).indices {
      guard let task = jobs[id]?.local?[place] else { return }
      noteLocal(id, place) {
        $0.status = .running
        $0.started = now
      }
      do throws(FlowRefusal) {
        try await carryOut(task)
      } catch {
        let end = ground.clock.now()
        noteLocal(id, place) { task in
          task.status = .failed
          task.error = error.message
          task.ended = end
        }
        await conclude(id, .failed, error: error.message)
        return
      }
      let end = ground.clock.now()
      noteLocal(id, place) {
        $0.status = .success
        $0.ended = end
      }
    }
    await conclude(id, .success, error: nil)
  }

  private func noteLocal(_ id: String, _ place: Int, _ body: (inout FlowJob.LocalTask) -> Void) {
    guard var task = jobs[id]?.local?[place] else { return }
    body(&task)
    jobs[id]?.local?[place] = task
  }

  private func carryOut(_ task: FlowJob.LocalTask) async throws(FlowRefusal) {
    let parameters = task.parameters
    switch task.component {
    case "upload": try await bring(parameters)
    case "dataframe_transformer": try await copyTable(parameters)
    default: try await take(parameters)
    }
  }

  // MARK: Upload

  private func bring(_ parameters: ConfigValue) async throws(FlowRefusal) {
    guard let document = parameters["table"]?.string,
      let draft = try? FlowDocument.read(FlowTable.self, Array(document.utf8))
    else { return }
    guard let path = parameters["path"]?.string else { return }
    defer {
      if parameters["is_temp_file"] == .bool(true) { unlink(path) }
    }
    let bytes = try Self.mapped(path)
    do throws(Failure) {
      let hash = try await ground.tables.put(bytes, isSecret: false)
      var table = FlowTable(draft, at: .kept(hash))
      table.sight = try await ground.federation.look(at: table, bytes)
      try await store(table)
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  static func mapped(_ path: String) throws(FlowRefusal) -> any ArtifactBytes {
    do {
      return FileImage(try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped))
    } catch {
      throw FlowRefusal(
        .fileNotFound,
        Failure("upload-unreadable", "the file cannot be read", cause: "\(error)"), field: "file")
    }
  }

  /// FATE makes a table of blocks of an uploaded one. Here a table is read as it is, so that the
  /// new name is another name for the same rows.
  private func copyTable(_ parameters: ConfigValue) async throws(FlowRefusal) {
    let source = parameters["data_warehouse"]
    let old = try table(
      namespace: source?["namespace"]?.text ?? "", name: source?["name"]?.text ?? "")
    let new = FlowTable(
      namespace: parameters["namespace"]?.string ?? "", name: parameters["name"]?.string ?? "",
      place: old.place, meta: old.meta, sight: old.sight, party: old.party,
      created: ground.clock.now())
    do throws(Failure) {
      try await store(new)
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  /// Writes a table below a declared folder, as `flow data download-component` asks.
  private func take(_ parameters: ConfigValue) async throws(FlowRefusal) {
    let table = try table(
      namespace: parameters["namespace"]?.string ?? "", name: parameters["name"]?.string ?? "")
    let path = try settings.roots.new(parameters["path"]?.string ?? "", field: "path")
    let bytes = try await tableBytes(table).withBytes { Array($0) }
    try Self.write(
      bytes, to: "\(path)/data.csv", in: path)
  }
}

/// A file's bytes, mapped.
final class FileImage: TableBytes {
  private let data: Data
  init(_ data: Data) { self.data = data }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var result: Swift.Result<Result, Failure>?
    data.withUnsafeBytes { bytes in
      do throws(Failure) {
        result = .success(try body(bytes))
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("the bytes were not lent") }
    return try result.get()
  }
}

extension FlowTable {
  /// The same table with its bytes at a place.
  init(_ other: FlowTable, at place: Place) {
    self.init(
      namespace: other.namespace, name: other.name, place: place, meta: other.meta,
      sight: other.sight, party: other.party, created: other.created)
  }
}
