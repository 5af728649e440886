import Dispatch
import Foundation
import GRDB
internal import MoiraModel
internal import MoiraRuntime
internal import MoiraSchedule

/// One SQLite file, and the failures that come of it.
struct JournalFile: Sendable {
  /// How long to wait for another process that writes.
  static let patience: TimeInterval = 10
  private static let pause: TimeInterval = 0.005

  let path: String
  let fence: WriteFence
  private let queue: DatabaseQueue
  /// Calls that write wait for the disk here, and not on one of the few threads that all tasks share.
  private let thread = DispatchQueue(label: "moira.journal")

  init(path: String) throws(Failure) {
    self.path = path
    fence = WriteFence(of: "the journal '\(path)'")
    do throws(SystemFault) {
      let folder = (path as NSString).deletingLastPathComponent
      if !folder.isEmpty { try makeFolder(folder) }
    } catch {
      throw Failure(
        "journal-unwritable", "the journal '\(path)' cannot be made: \(error.reason)",
        hint: error.hint)
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: Self.configuration)
      if try queue.read(JournalSchema.version) != JournalSchema.version {
        try queue.write(JournalSchema.migrate)
      }
    } catch {
      throw Self.failure(error, path: path, isWriting: true)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "moira.journal"
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      try useWAL(database)
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// SQLite does not wait by itself for the lock that a new file's change to WAL needs, so whoever
  /// opens it while another process does tries again.
  private static func useWAL(_ database: Database) throws {
    var tries = Int(patience / pause)
    while true {
      do {
        return try database.execute(sql: "PRAGMA journal_mode = WAL")
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && tries > 0 {
        tries -= 1
        Thread.sleep(forTimeInterval: pause)
      }
    }
  }

  // MARK: Access

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(Failure) -> Value {
    try await carryOut(isWriting: false) { try queue.read(body) }
  }

  /// One transaction. On return it survives a power cut.
  ///
  /// - Throws: `lease-lost`.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(Failure) -> Value {
    try await inTurn {
      _ = try fence.token()
      return try queue.write(body)
    }
  }

  /// Carries out what may not overlap with a write.
  func inTurn<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws(Failure) -> Value {
    try await carryOut(isWriting: true, body)
  }

  /// What was begun is finished, also when the task that asked for it is cancelled.
  private func carryOut<Value: Sendable>(
    isWriting: Bool, _ body: @escaping @Sendable () throws -> Value
  ) async throws(Failure) -> Value {
    let result = await withCheckedContinuation { continuation in
      thread.async { continuation.resume(returning: Result { try body() }) }
    }
    do {
      return try result.get()
    } catch {
      throw Self.failure(error, path: path, isWriting: isWriting)
    }
  }

  // MARK: Words

  private static func failure(_ error: any Error, path: String, isWriting: Bool) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let newer as UnknownSchemaVersion:
      Failure(
        "journal-version",
        "the journal '\(path)' has version \(newer.version), but this build reads version \(JournalSchema.version)",
        hint: "it was written by a newer moira; run that one")
    case let newer as UnknownJournalVersion:
      Failure(
        "journal-version",
        "an entry of the journal '\(path)' has version \(newer.version), but this build reads version \(JournalEntry.version)",
        hint: "it was written by a newer moira; run that one")
    case let error as DatabaseError: failure(error, path, isWriting)
    default:
      Failure(
        "journal-unreadable", "the journal '\(path)' holds an entry that is not of its form",
        cause: "\(error)")
    }
  }

  private static func failure(_ error: DatabaseError, _ path: String, _ isWriting: Bool) -> Failure
  {
    let fact: (reason: String, hint: String?) =
      switch error.resultCode {
      case .SQLITE_FULL:
        (
          "no space is left on the disk",
          "free some space; 'moira gc' removes artifacts that nothing refers to"
        )
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
        (
          "no permission, or it is not a file",
          "make the file and its folder writable for the user that runs moira"
        )
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        ("another process holds it", "'moira jobs' shows what is running")
      case .SQLITE_IOERR: ("the disk does not answer as it should", nil)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        ("it is damaged, or no database", "move it away, and moira begins a new one")
      default: ("SQLite refuses", nil)
      }
    let isDamaged = [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode)
    let isUnwritable = isWriting && !isDamaged
    return Failure(
      isUnwritable ? "journal-unwritable" : "journal-unreadable",
      "the journal '\(path)' cannot be \(isUnwritable ? "written" : "read"): \(fact.reason)",
      hint: fact.hint, cause: "\(error)", isTransient: error.resultCode == .SQLITE_BUSY)
  }
}
