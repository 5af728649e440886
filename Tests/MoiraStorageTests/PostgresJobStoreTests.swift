import Foundation
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

@testable import MoiraPostgres

@Suite(.enabled(if: PostgresServer.absence == nil, "\(PostgresServer.absence ?? "")"))
struct PostgresJobStoreTests {
  private func fresh() async throws -> (server: PostgresServer, url: String) {
    let server = try PostgresServer.shared.get()
    return (server, try await server.freshURL())
  }

  @Test("Whoever opens a new database while others do the same finds its tables")
  func openedAtOnce() async throws {
    for _ in 0..<5 {
      let (_, url) = try await fresh()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<6 {
          group.addTask {
            try await PostgresJobStore(url: url).create(try smallRecord(JobID("j\(number)")))
          }
        }
        try await group.waitForAll()
      }
      #expect(try await PostgresJobStore(url: url).records().count == 6)
    }
  }

  @Test("Lines that several processes append at the same time have numbers without a gap")
  func gapless() async throws {
    let (server, url) = try await fresh()
    let stores = [try await PostgresJobStore(url: url), try await PostgresJobStore(url: url)]
    try await stores[0].create(try smallRecord("j1"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for store in stores {
        for _ in 0..<3 {
          group.addTask {
            for number in 0..<15 {
              try await store.append([entry(number), entry(number)], made: [], to: "j1")
              try await store.add([report(number)], to: "j1")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    for (table, count) in [("journal", 180), ("report", 90)] as [(String, Int64)] {
      let numbers = try await server.ask(url) { connection in
        let rows = try connection.run("SELECT number FROM \(table) ORDER BY number")
        return rows.map { rows.integer($0, 0) ?? 0 }
      }
      #expect(numbers == Array(1...count))
    }
  }

  @Test("What was begun is finished when the task that asked is cancelled")
  func cancelled() async throws {
    let store = try await PostgresJobStore(url: try await fresh().url)
    try await store.create(try smallRecord("j1"))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.append([entry(1)], made: [], to: "j1")
    }
    try await task.value
    #expect(try await store.journal(of: "j1") == [entry(1)])
  }

  @Test("A database of a newer build is refused by its version")
  func newerVersion() async throws {
    let (server, url) = try await fresh()
    _ = try await PostgresJobStore(url: url)
    try await server.ask(url) { _ = try $0.run("UPDATE moira_schema SET version = 9") }
    let failure = await #expect(throws: Failure.self) { try await PostgresJobStore(url: url) }
    #expect(failure?.code == "journal-version")
    #expect(
      failure?.message
        == "the database 'postgres' at '\(server.folder)' has version 9, but this build reads version 1"
    )
  }

  @Test("An entry of a newer build, and one that is none, are refused by name")
  func newerEntry() async throws {
    let (server, url) = try await fresh()
    let store = try await PostgresJobStore(url: url)
    try await store.create(try smallRecord("j1"))
    try await store.append([entry(1)], made: [], to: "j1")
    for (text, code) in [("{\"version\":2}", "journal-version"), ("{", "journal-unreadable")] {
      try await server.ask(url) { _ = try $0.run("UPDATE journal SET entry = $1", [.text(text)]) }
      let failure = await #expect(throws: Failure.self) { try await store.journal(of: "j1") }
      #expect(failure?.code == code)
    }
  }

  @Test("Commits survive a power cut, whatever the user's settings are")
  func durability() async throws {
    let (server, url) = try await fresh()
    let look = "SELECT current_setting('synchronous_commit')"
    for (wish, got) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
      let lax = url.replacing("&app", with: "%20-csynchronous_commit%3D\(wish)&app")
      #expect(try await server.ask(lax) { try $0.run(look).text(0, 0) } == got)
    }
    #expect(try await server.ask(url) { try $0.run("SHOW fsync").text(0, 0) } == "on")
  }

  @Test("A text that PostgreSQL cannot keep is refused, not cut")
  func nul() async throws {
    let store = try await PostgresJobStore(url: try await fresh().url)
    let failure = await #expect(throws: Failure.self) {
      try await store.change([DocumentChange(shelf: "s", key: "a\0b", bytes: [1])])
    }
    #expect(failure?.code == "database-refused")
    #expect(try await store.documents(on: "s").isEmpty)
  }

  @Test("A commit that the server cut off is made again, once")
  func cutOffBeforeCommit() async throws {
    let (server, url) = try await fresh()
    let store = try await PostgresJobStore(url: url)
    try await store.create(try smallRecord("j1"))
    // The first two transactions end with their connection, in the middle of their commit.
    try await server.ask(url) {
      try $0.run(
        script: """
          CREATE SEQUENCE kills;
          CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('kills') <= 2 THEN
              PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60);
            END IF;
            RETURN NULL; END $$;
          CREATE CONSTRAINT TRIGGER killing AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION kill();
          """)
    }
    try await store.append([entry(1)], made: [], to: "j1")
    #expect(try await store.journal(of: "j1") == [entry(1)])
    let kills = try await server.ask(url) {
      try $0.run("SELECT last_value FROM kills").integer(0, 0)
    }
    #expect(kills == 3)
  }

  @Test("The server knows of a transaction how it ended")
  func outcomes() async throws {
    let (_, url) = try await fresh()
    let one = try Connection(DatabaseAddress(url), bounds: .generous)
    let other = try Connection(DatabaseAddress(url), bounds: .generous)
    let kept = try one.begin(proving: nil)
    #expect(throws: DatabaseFault.self) { try other.outcome(of: kept) }
    try one.commit()
    #expect(try other.outcome(of: kept) == .committed)
    let undone = try one.begin(proving: nil)
    try one.rollBack()
    #expect(try other.outcome(of: undone) == .aborted)
    #expect(throws: DatabaseFault.self) { try other.outcome(of: "999999999") }
  }
}
