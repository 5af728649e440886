import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

@testable import MoiraPostgres

/// The lease in PostgreSQL through lost connections, stopped processes and clocks that differ.
@Suite(.enabled(if: PostgresServer.absence == nil, "\(PostgresServer.absence ?? "")"))
struct PostgresLeaseTests {
  private static let hour = Duration.seconds(3600)

  /// Two stores of one database, as of a hub and its standby, and the server.
  private struct Pair {
    let server: PostgresServer
    let url: String
    let hub: PostgresJobStore
    let standby: PostgresJobStore

    init(lease: Duration = hour) async throws {
      server = try PostgresServer.shared.get()
      url = try await server.freshURL()
      hub = try await PostgresJobStore(url: url, lease: lease)
      standby = try await PostgresJobStore(url: url, lease: hour)
    }

    func runOut() async throws {
      try await server.ask(url) {
        _ = try $0.run("UPDATE lease SET expires = now() - interval '1 hour'")
      }
    }

    func token() async throws -> Int64? {
      try await server.ask(url) { try $0.run("SELECT token FROM lease").integer(0, 0) }
    }
  }

  @Test("A hub that did not renew its lease can write nothing once a standby took over")
  func fencedOff() async throws {
    let pair = try await Pair()
    try await fill(pair.hub)
    let lease = try #require(try await pair.hub.acquireLease(as: "hub"))
    let loss = Task { try await lease.lost() }
    try await pair.runOut()
    #expect(try await pair.hub.leaseHolder() == nil)
    // Nobody has taken it yet: what it writes is in nobody's way.
    try await pair.hub.reopen("j1")
    #expect(try await pair.standby.acquireLease(as: "standby") != nil)
    try await expectFenced(pair.hub, "'standby' has taken it over")
    try await loss.value
    // The old lease's end leaves the new one alone.
    await lease.release()
    #expect(try await pair.hub.leaseHolder() == "standby")
    try await pair.standby.append([entry(2)], made: [], to: "j1")
    #expect(try await pair.hub.journal(of: "j1") == [entry(1), entry(2)])
  }

  @Test("Each writing call of a hub whose lease was taken is refused by the database itself")
  func fencedInTheDatabase() async throws {
    let pair = try await Pair()
    try await fill(pair.hub)
    let calls: [@Sendable (PostgresJobStore) async throws -> Void] = [
      { try await $0.create(try smallRecord("j2")) },
      { try await $0.append([entry(9)], made: [], to: "j1") },
      { try await $0.conclude("j1", .failed, at: Instant(milliseconds: 5)) },
      { try await $0.reopen("j1") },
      { try await $0.add([report(9)], to: "j1") },
      { try await $0.change([DocumentChange(shelf: "s", key: "x", bytes: nil)]) },
      { try await $0.remove("j1") },
    ]
    let before = try await content(pair)
    for call in calls {
      try await pair.runOut()
      #expect(try await pair.hub.acquireLease(as: "hub") != nil)
      try await pair.runOut()
      let other = try #require(try await pair.standby.acquireLease(as: "standby"))
      // The hub does not know it yet.
      let failure = await #expect(throws: Failure.self) { try await call(pair.hub) }
      #expect(failure?.code == "lease-lost")
      await other.release()
    }
    #expect(try await content(pair) == before)
  }

  /// Everything in the tables but the lease.
  private func content(_ pair: Pair) async throws -> [String] {
    try await pair.server.ask(pair.url) { connection in
      try ["job", "journal", "report", "reuse", "document"].map { table in
        let rows = try connection.run("SELECT one::text FROM \(table) AS one ORDER BY 1")
        return rows.map { rows.text($0, 0) ?? "" }.joined(separator: "\n")
      }
    }
  }

  @Test("A lease outlives that the server ends every connection of its holder")
  func connectionsKilled() async throws {
    let pair = try await Pair()
    try await fill(pair.hub)
    let lease = try #require(try await pair.hub.acquireLease(as: "hub"))
    let killed = try await pair.server.ask(pair.url) { connection in
      try connection.run(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND application_name = current_schema()::text
        """
      ).count
    }
    #expect(killed >= 2)
    try await pair.hub.append([entry(2)], made: [], to: "j1")
    #expect(try await pair.standby.acquireLease(as: "standby") == nil)
    #expect(try await pair.hub.journal(of: "j1") == [entry(1), entry(2)])
    await lease.release()
    #expect(try await pair.standby.acquireLease(as: "standby") != nil)
  }

  @Test("A lease is renewed while its holder lives")
  func renewed() async throws {
    let pair = try await Pair(lease: .seconds(3))
    let lease = try #require(try await pair.hub.acquireLease(as: "hub"))
    let renewals = try await pair.server.ask(pair.url) { connection in
      let end = "SELECT extract(epoch FROM expires)::text, pg_sleep(0.02) FROM lease"
      var seen: Set<String> = []
      for _ in 0..<1000 where seen.count < 3 {
        seen.insert(try connection.run(end).text(0, 0) ?? "")
      }
      return seen.count
    }
    #expect(renewals == 3)
    #expect(try await pair.standby.acquireLease(as: "standby") == nil)
    await lease.release()
  }

  @Test("A lease whose store is let go of is renewed no longer", .timeLimit(.minutes(1)))
  func letGo() async throws {
    let pair = try await Pair()
    var store: PostgresJobStore? = try await PostgresJobStore(url: pair.url, lease: .seconds(1))
    #expect(try await store?.acquireLease(as: "hub") != nil)
    store = nil
    // Would never return while somebody renews.
    try await pair.standby.leaseFreed()
    while try await pair.standby.acquireLease(as: "standby") == nil {
      try await pair.standby.leaseFreed()
    }
  }

  @Test("A holder that writes nothing hears from its renewal that its lease was taken")
  func hears() async throws {
    let pair = try await Pair(lease: .seconds(2))
    let lease = try #require(try await pair.hub.acquireLease(as: "hub"))
    try await pair.server.ask(pair.url) {
      _ = try $0.run(
        """
        UPDATE lease SET token = token + 1, holder = 'standby',
          expires = now() + interval '1 hour'
        """)
    }
    try await lease.lost()
    try await expectFenced(pair.hub, "'standby' has taken it over")
  }

  @Test("A standby hears at once that a lease is given back")
  func hearsOfRelease() async throws {
    let pair = try await Pair()
    // A free lease is not waited for.
    try await pair.standby.leaseFreed()
    let lease = try #require(try await pair.hub.acquireLease(as: "hub"))
    let standby = pair.standby
    let next = Task {
      while true {
        if let lease = try await standby.acquireLease(as: "standby") { return lease }
        try await standby.leaseFreed()
      }
    }
    try await listening(pair)
    await lease.release()
    // It would run out in an hour.
    _ = try await next.value
    #expect(try await pair.hub.leaseHolder() == "standby")
  }

  @Test("A standby hears when a lease runs out that nobody gives back")
  func hearsOfEnd() async throws {
    let pair = try await Pair()
    _ = try #require(try await pair.hub.acquireLease(as: "hub"))
    try await pair.server.ask(pair.url) {
      _ = try $0.run("UPDATE lease SET expires = now() + interval '0.3 seconds'")
    }
    try await pair.standby.leaseFreed()
    #expect(try await pair.standby.acquireLease(as: "standby") != nil)
  }

  @Test("A standby that is told to stop waits no longer")
  func cancelledWaiting() async throws {
    let pair = try await Pair()
    _ = try #require(try await pair.hub.acquireLease(as: "hub"))
    let standby = pair.standby
    let waiting = Task { try await standby.leaseFreed() }
    try await listening(pair)
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }

  /// Returns when somebody waits for the lease of the pair's schema.
  private func listening(_ pair: Pair) async throws {
    try await pair.server.ask(pair.url) { connection in
      let look = """
        SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity
        WHERE application_name = current_schema()::text AND query LIKE '%CASE WHEN expires >%'
          AND state = 'idle'
        """
      for _ in 0..<2000 {
        if try connection.run(look).integer(0, 0) ?? 0 > 0 { return }
      }
      Issue.record("nobody waits")
    }
  }

  @Test("Nobody gets a lease while a transaction under it goes on")
  func transactionUnderWay() async throws {
    let pair = try await Pair()
    try await fill(pair.hub)
    _ = try #require(try await pair.hub.acquireLease(as: "hub"))
    let token = try await pair.token()
    let connection = try Connection(DatabaseAddress(pair.url), bounds: .generous)
    try connection.prepareSession(at: "here")
    _ = try connection.begin(proving: token)
    try connection.run("UPDATE job SET state = 'failed' WHERE id = 'j1'")
    try await pair.runOut()
    #expect(try await pair.standby.acquireLease(as: "standby") == nil)
    try connection.commit()
    #expect(try await pair.standby.acquireLease(as: "standby") != nil)
    #expect(throws: LeaseTaken.self) { try connection.begin(proving: token) }
  }

  @Test("A process that stops in a transaction keeps nobody from the lease")
  func stoppedInTransaction() async throws {
    let pair = try await Pair()
    _ = try #require(try await pair.hub.acquireLease(as: "hub"))
    var bounds = ConnectionBounds.generous
    bounds.idle = .milliseconds(100)
    let connection = try Connection(DatabaseAddress(pair.url), bounds: bounds)
    try connection.prepareSession(at: "here")
    _ = try connection.begin(proving: try await pair.token())
    try await pair.runOut()
    while try await pair.standby.acquireLease(as: "standby") == nil {
      try await pair.standby.leaseFreed()
    }
    #expect(throws: DatabaseFault.self) { try connection.commit() }
  }
}
