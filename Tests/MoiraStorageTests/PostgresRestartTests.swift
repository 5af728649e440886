import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

@testable import MoiraPostgres

/// A server of its own for each test, which does to it what would disturb others.
@Suite(
  .serialized, .enabled(if: PostgresServer.absence == nil, "\(PostgresServer.absence ?? "")"))
struct PostgresRestartTests {
  @Test("Appends through restarts of the server are all kept, each once and in order")
  func restart() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let store = try await PostgresJobStore(url: url, lease: .seconds(60), patience: .seconds(60))
    let lease = try #require(try await store.acquireLease(as: "hub"))
    try await store.create(try smallRecord("j1"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask {
          for turn in 0..<100 {
            try await store.append([entry(writer * 1000 + turn)], made: [], to: "j1")
          }
        }
      }
      group.addTask {
        for _ in 0..<2 { try await server.control("-m immediate restart") }
        try await server.control("-m fast restart")
      }
      try await group.waitForAll()
    }
    let moments = try await store.journal(of: "j1").map(\.at.milliseconds)
    for writer in 0..<3 {
      let own = moments.filter { $0 / 1000 == Int64(writer) }
      #expect(own == (0..<100).map { Int64(writer * 1000 + $0) })
    }
    #expect(moments.count == 300)
    #expect(try await store.leaseHolder() == "hub")
    await lease.release()
  }

  @Test("A commit whose answer was lost is not made twice")
  func lostAnswer() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let store = try await PostgresJobStore(url: url, patience: .seconds(60))
    try await store.create(try smallRecord("j1"))
    let append = try await withholdAnswer(server, to: store)
    try await server.ask {
      _ = try $0.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    }
    try await append.value
    #expect(try await store.journal(of: "j1") == [entry(1)])
  }

  @Test("A commit of which nobody says how it ended is named, and is there or not as a whole")
  func unknownCommit() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let store = try await PostgresJobStore(url: url, patience: .milliseconds(50))
    try await store.create(try smallRecord("j1"))
    let append = try await withholdAnswer(server, to: store)
    try await server.control("-m immediate stop")
    let failure = await #expect(throws: Failure.self) { try await append.value }
    #expect(failure?.code == "commit-unknown")
    #expect(failure?.isTransient == false)
    #expect(
      failure?.message
        == "the connection to the database 'postgres' at '\(server.folder)' broke during a commit, and whether that was kept is not known"
    )
    try await server.control("start")
    let again = try await PostgresJobStore(url: url)
    #expect(try await again.journal(of: "j1") == [entry(1)])
  }

  /// An append of one entry that is kept, while its answer waits for a replica that never comes.
  private func withholdAnswer(
    _ server: PostgresServer, to store: PostgresJobStore
  ) async throws -> Task<Void, any Error> {
    try await server.ask {
      try $0.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
      try $0.run("SELECT pg_reload_conf()")
    }
    try await wait(server, "SELECT count(*) FROM pg_settings WHERE setting = 'nobody'")
    let append = Task { try await store.append([entry(1)], made: [], to: "j1") }
    try await wait(server, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    return append
  }

  @Test("A server that only follows another is read, and written to once it is promoted")
  func promoted() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let hasty = try await PostgresJobStore(url: url, patience: .milliseconds(50))
    let patient = try await PostgresJobStore(url: url, patience: .seconds(60))
    try await fill(hasty)
    let lease = try #require(try await patient.acquireLease(as: "hub"))
    try server.makeFollower()
    try await server.control("-m fast restart")
    #expect(try await hasty.journal(of: "j1") == [entry(1)])
    let failure = await #expect(throws: Failure.self) { try await hasty.reopen("j1") }
    #expect(failure?.code == "database-unreachable")
    #expect(
      failure?.message.hasSuffix("cannot be used now: it is a standby that takes no writes")
        == true)
    let append = Task { try await patient.append([entry(2)], made: [], to: "j1") }
    try await server.control("promote")
    try await append.value
    #expect(try await hasty.journal(of: "j1") == [entry(1), entry(2)])
    await lease.release()
  }

  @Test("A lease that cannot be renewed is lost, and the store writes nothing more under it")
  func stopped() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let store = try await PostgresJobStore(
      url: url, lease: .seconds(2), patience: .milliseconds(50))
    try await fill(store)
    let lease = try #require(try await store.acquireLease(as: "hub"))
    try await server.control("-m immediate stop")
    let failure = await #expect(throws: Failure.self) { try await store.reopen("j1") }
    #expect(failure?.code == "database-unreachable")
    try await lease.lost()
    try await server.control("start")
    try await expectFenced(store, "it could not be renewed in time")
    // It may ask again.
    while try await store.acquireLease(as: "hub") == nil { try await store.leaseFreed() }
    try await store.reopen("j1")
  }

  @Test("A server whose commits a power cut would lose is refused")
  func unsafe() async throws {
    let server = try PostgresServer()
    let url = try await server.freshURL()
    let store = try await PostgresJobStore(url: url)
    try await store.create(try smallRecord("j1"))
    try await server.ask {
      try $0.run("ALTER SYSTEM SET fsync = off")
      try $0.run("SELECT pg_reload_conf()")
    }
    try await server.control("-m fast restart")
    for ask in [{ _ = try await PostgresJobStore(url: url) }, { try await store.reopen("j1") }]
      as [@Sendable () async throws -> Void]
    {
      let failure = await #expect(throws: Failure.self) { try await ask() }
      #expect(failure?.code == "database-refused")
      #expect(
        failure?.message
          == "the database 'postgres' at '\(server.folder)' refuses: commits must survive a power cut, but 'fsync' is off"
      )
    }
  }

  /// Returns as soon as the server counts something.
  private func wait(_ server: PostgresServer, _ query: String) async throws {
    for _ in 0..<1000 {
      let count = try await server.ask { connection in
        try connection.run("SELECT pg_sleep(0.01)")
        return try connection.run(query).integer(0, 0) ?? 0
      }
      if count > 0 { return }
    }
    Issue.record("never: \(query)")
  }
}
