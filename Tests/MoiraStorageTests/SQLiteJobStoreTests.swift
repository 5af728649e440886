import Foundation
import GRDB
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

@testable import MoiraStorage

@Suite struct SQLiteJobStoreTests {
  @Test("What was written is there when the file is opened again, and in another process's eyes")
  func severalStores() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/deep/below/moira.sqlite"
    let one = try SQLiteJobStore(path: path)
    let other = try SQLiteJobStore(path: path)
    try await one.create(try smallRecord("j1"))
    for number in 0..<20 {
      try await (number % 2 == 0 ? one : other).append([entry(number)], made: [], to: "j1")
    }
    #expect(try await one.journal(of: "j1") == (0..<20).map(entry))
    let third = try SQLiteJobStore(path: path)
    #expect(try await third.journal(of: "j1") == (0..<20).map(entry))
  }

  @Test("Whoever opens a new file while others do the same finds its tables")
  func openedAtOnce() async throws {
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      let path = folder.path + "/moira.sqlite"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<6 {
          group.addTask {
            try await SQLiteJobStore(path: path).create(try smallRecord(JobID("j\(number)")))
          }
        }
        try await group.waitForAll()
      }
      #expect(try await SQLiteJobStore(path: path).records().count == 6)
    }
  }

  @Test("Two writers on one file wait for one another")
  func contention() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    let stores = [try SQLiteJobStore(path: path), try SQLiteJobStore(path: path)]
    try await stores[0].create(try smallRecord("j1"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for store in stores {
        group.addTask {
          for number in 0..<50 { try await store.append([entry(number)], made: [], to: "j1") }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await stores[1].journal(of: "j1").count == 100)
  }

  @Test("A commit is on the disk before an append returns")
  func durability() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteJobStore(path: folder.path + "/moira.sqlite")
    try await store.create(try smallRecord("j1"))
    let log = folder.path + "/moira.sqlite-wal"
    let before = try Data(contentsOf: URL(fileURLWithPath: log)).count
    try await store.append([entry(1)], made: [], to: "j1")
    #expect(try Data(contentsOf: URL(fileURLWithPath: log)).count > before)
    // A copy of the files as they are now, as after a kill: nothing was closed.
    let copy = try TemporaryFolder()
    for name in ["moira.sqlite", "moira.sqlite-wal"] {
      try FileManager.default.copyItem(
        atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
    }
    let survivor = try SQLiteJobStore(path: copy.path + "/moira.sqlite")
    #expect(try await survivor.journal(of: "j1") == [entry(1)])
  }

  @Test("A commit that was cut off leaves what was there before it")
  func tornCommit() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteJobStore(path: folder.path + "/moira.sqlite")
    try await store.create(try smallRecord("j1"))
    try await store.append([entry(1)], made: [], to: "j1")
    let log = folder.path + "/moira.sqlite-wal"
    let whole = try Data(contentsOf: URL(fileURLWithPath: log)).count
    try await store.append([entry(2), entry(3)], made: [], to: "j1")
    let all = try Data(contentsOf: URL(fileURLWithPath: log))
    for length in stride(from: whole, to: all.count, by: 997) {
      let copy = try TemporaryFolder()
      try FileManager.default.copyItem(
        atPath: folder.path + "/moira.sqlite", toPath: copy.path + "/moira.sqlite")
      try copy.write("moira.sqlite-wal", Array(all.prefix(length)))
      let survivor = try SQLiteJobStore(path: copy.path + "/moira.sqlite")
      #expect(try await survivor.journal(of: "j1") == [entry(1)], "cut at \(length)")
    }
  }

  @Test("A journal of a newer build is refused by its version")
  func newerVersion() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    _ = try SQLiteJobStore(path: path)
    try await DatabaseQueue(path: path).write { database in
      try database.execute(sql: "UPDATE moira_schema SET version = 9")
    }
    let failure = #expect(throws: Failure.self) { try SQLiteJobStore(path: path) }
    #expect(failure?.code == "journal-version")
    #expect(
      failure?.message == "the journal '\(path)' has version 9, but this build reads version 3")
    #expect(failure?.hint == "it was written by a newer moira; run that one")
  }

  @Test("An entry of a newer build is refused by its version")
  func newerEntry() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    let store = try SQLiteJobStore(path: path)
    try await store.create(try smallRecord("j1"))
    try await store.append([entry(1)], made: [], to: "j1")
    try await DatabaseQueue(path: path).write { database in
      try database.execute(sql: "UPDATE journal SET entry = '{\"version\":2}'")
    }
    let failure = await #expect(throws: Failure.self) { try await store.journal(of: "j1") }
    #expect(failure?.code == "journal-version")
    try await DatabaseQueue(path: path).write { database in
      try database.execute(sql: "UPDATE journal SET entry = '{'")
    }
    let other = await #expect(throws: Failure.self) { try await store.journal(of: "j1") }
    #expect(other?.code == "journal-unreadable")
    #expect(other?.message == "the journal '\(path)' holds an entry that is not of its form")
  }

  @Test("A file that is no database is named")
  func garbage() throws {
    let folder = try TemporaryFolder()
    try folder.write("moira.sqlite", Array("this is no database, and never was one".utf8))
    let path = folder.path + "/moira.sqlite"
    let failure = #expect(throws: Failure.self) { try SQLiteJobStore(path: path) }
    #expect(failure?.code == "journal-unreadable")
    #expect(
      failure?.message == "the journal '\(path)' cannot be read: it is damaged, or no database")
  }

  @Test("A place where no journal can be made is named")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", [1])
    let path = folder.path + "/file/moira.sqlite"
    let failure = #expect(throws: Failure.self) { try SQLiteJobStore(path: path) }
    #expect(failure?.code == "journal-unwritable")
    #expect(failure?.hint == "a file stands where a folder should be")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/folder.sqlite", withIntermediateDirectories: false)
    let other = #expect(throws: Failure.self) {
      try SQLiteJobStore(path: folder.path + "/folder.sqlite")
    }
    #expect(other?.code == "journal-unwritable")
  }

  @Test("A database that fills up loses nothing that was confirmed")
  func full() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    let store = try SQLiteJobStore(path: path)
    try await store.create(try smallRecord("j1"))
    try await store.limitPages(64)
    var confirmed = 0
    var failure: Failure?
    while failure == nil, confirmed < 10_000 {
      do throws(Failure) {
        try await store.append((0..<20).map { entry(confirmed + $0) }, made: [], to: "j1")
        confirmed += 20
      } catch {
        failure = error
      }
    }
    #expect(failure?.code == "journal-unwritable")
    #expect(
      failure?.message == "the journal '\(path)' cannot be written: no space is left on the disk")
    #expect(try await store.journal(of: "j1") == (0..<confirmed).map(entry))
  }

  @Test("What was begun is finished when the task that asked is cancelled")
  func cancelled() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteJobStore(path: folder.path + "/moira.sqlite")
    try await store.create(try smallRecord("j1"))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.append([entry(1)], made: [], to: "j1")
    }
    try await task.value
    #expect(try await store.journal(of: "j1") == [entry(1)])
  }
}

@Suite struct SQLiteLeaseTests {
  private static let flock = "/usr/bin/flock"

  @Test(
    "A lease ends with the process that has it, also by kill -9",
    .enabled(if: FileManager.default.isExecutableFile(atPath: flock), "there is no 'flock'"))
  func processDies() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    try folder.write("moira.sqlite.lease", Array("hub (17)\n".utf8))
    let other = Process()
    other.executableURL = URL(fileURLWithPath: Self.flock)
    // It writes what it reads, so that its answer says that it has the lock.
    other.arguments = ["--no-fork", path + ".lease", "cat"]
    let (input, output) = (Pipe(), Pipe())
    (other.standardInput, other.standardOutput) = (input, output)
    try other.run()
    input.fileHandleForWriting.write(Data("x".utf8))
    #expect(output.fileHandleForReading.availableData == Data("x".utf8))

    let store = try SQLiteJobStore(path: path)
    #expect(try await store.acquireLease(as: "here") == nil)
    #expect(try await store.leaseHolder() == "hub (17)")
    kill(other.processIdentifier, SIGKILL)
    other.waitUntilExit()
    #expect(try await store.leaseHolder() == nil)
    #expect(try await store.acquireLease(as: "here") != nil)
  }

  @Test("A holder's name is one line, whatever it and the one before it were")
  func oneLine() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteJobStore(path: folder.path + "/moira.sqlite")
    for (name, line) in [("a longer name", "a longer name"), ("b\nc\r\nd", "b c d"), ("", "")] {
      let lease = try #require(try await store.acquireLease(as: name))
      #expect(try await store.leaseHolder() == line)
      await lease.release()
    }
  }

  @Test("A lease ends with its store")
  func letGo() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    var store: SQLiteJobStore? = try SQLiteJobStore(path: path)
    #expect(try await store?.acquireLease(as: "a") != nil)
    store = nil
    #expect(try await SQLiteJobStore(path: path).acquireLease(as: "b") != nil)
  }

  @Test("A write that waits behind the lease's end is refused")
  func writeBehindRelease() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    let store = try SQLiteJobStore(path: path)
    for _ in 0..<20 {
      let lease = try #require(try await store.acquireLease(as: "a"))
      let before = try await store.records().count
      let writes = (0..<4).map { _ in
        Task { try await store.create(try smallRecord(JobID(UUID().uuidString))) }
      }
      await lease.release()
      let count = try await SQLiteJobStore(path: path).records().count
      var made = 0
      for write in writes {
        do {
          try await write.value
          made += 1
        } catch let failure as Failure {
          #expect(failure.code == "lease-lost")
        }
      }
      // What was written at all was written before the lease was free.
      #expect(count == before + made)
    }
  }
}

extension SQLiteJobStore {
  /// Lets the database grow to so many pages, as if the disk were that small.
  func limitPages(_ count: Int) async throws(Failure) {
    try await file.read { database in
      try database.execute(sql: "PRAGMA max_page_count = \(count)")
    }
  }
}
