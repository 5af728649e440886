import MoiraModel
import MoiraRuntime
import MoiraSchedule
import Testing

/// What every `LeasedStore` does; the same body on SQLite and PostgreSQL.
@Suite struct LeaseContractTests {
  @Test(
    "Of two that ask one gets the lease, and the other when it is given back",
    arguments: StoreKind.leased)
  func oneAtATime(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let (one, other) = (try await place.open(), try await place.open())
    #expect(try await one.leaseHolder() == nil)
    let lease = try #require(try await one.acquireLease(as: "hub-1 (17)"))
    #expect(try await other.acquireLease(as: "hub-2 (18)") == nil)
    #expect(try await one.acquireLease(as: "hub-1 again") == nil)
    for store in [one, other] { #expect(try await store.leaseHolder() == "hub-1 (17)") }
    await lease.release()
    #expect(try await one.leaseHolder() == nil)
    let next = try #require(try await other.acquireLease(as: "b"))
    #expect(try await one.leaseHolder() == "b")
    // Giving back what one does not have any more changes nothing.
    await lease.release()
    #expect(try await one.leaseHolder() == "b")
    await next.release()
    #expect(try await one.acquireLease(as: "hub-1 (17)") != nil)
  }

  @Test("Of many that ask at the same time exactly one gets the lease", arguments: StoreKind.leased)
  func manyAsk(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    var stores: [any LeasedStore] = []
    for _ in 0..<6 { stores.append(try await place.open()) }
    for round in 0..<5 {
      let leases = try await withThrowingTaskGroup(of: (any JournalLease)?.self) { group in
        for (number, store) in stores.enumerated() {
          group.addTask { try await store.acquireLease(as: "\(number)") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(leases.compactMap(\.self).count == 1, "round \(round)")
      for lease in leases { await lease?.release() }
    }
  }

  @Test(
    "A store whose lease is another's reads, and changes nothing by any call",
    arguments: StoreKind.leased)
  func standbyWritesNothing(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let (holder, standby) = (try await place.open(), try await place.open())
    try await fill(holder)
    let lease = try #require(try await holder.acquireLease(as: "a"))
    #expect(try await standby.acquireLease(as: "b") == nil)
    try await expectFenced(standby, "another process has it")
    // The one that has it writes.
    try await holder.append([entry(2)], made: [], to: "j1")
    #expect(try await standby.journal(of: "j1") == [entry(1), entry(2)])
    await lease.release()
    try await expectFenced(holder, "this process gave it back")
    let again = try #require(try await holder.acquireLease(as: "a"))
    try await holder.append([entry(3)], made: [], to: "j1")
    await again.release()
  }

  @Test(
    "A store that never asked writes beside the one that has the lease", arguments: StoreKind.leased
  )
  func unasked(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let (holder, other) = (try await place.open(), try await place.open())
    let lease = try #require(try await holder.acquireLease(as: "a"))
    try await fill(other)
    #expect(try await holder.journal(of: "j1") == [entry(1)])
    await lease.release()
  }

  @Test(
    "Who waits for a lease's loss hears of its end, or ends when cancelled",
    arguments: StoreKind.leased)
  func waiting(_ kind: StoreKind) async throws {
    let store = try await StorePlace(kind).open()
    let lease = try #require(try await store.acquireLease(as: "a"))
    let cancelled = Task { try await lease.lost() }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    let waiters = (0..<3).map { _ in Task { try await lease.lost() } }
    await lease.release()
    for waiter in waiters { try await waiter.value }
    try await lease.lost()
  }

  @Test(
    "10,000 concluded jobs do not keep the open ones from being found", arguments: StoreKind.leased)
  func manyJobs(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let store = try await place.open()
    for (id, created) in [("late", 900_000), ("early", -5), ("mid", 4000)] as [(JobID, Int64)] {
      try await store.create(try smallRecord(id, created: created))
    }
    try await store.create(try smallRecord("ended"))
    try await store.conclude("ended", .succeeded, at: Instant(milliseconds: 9))
    try await StoreProbe.multiply(job: "ended", by: 10_000, place.url, kind)
    #expect(try await store.unfinished() == ["early", "mid", "late"])
    let plan = try await StoreProbe.planOfUnfinished(place.url, kind)
    #expect(plan.contains("unfinished_jobs"), "\(plan)")
    #expect(!plan.contains("Seq Scan") && !plan.contains("Sort"), "\(plan)")
    try await store.conclude("mid", .failed, at: Instant(milliseconds: 1))
    try await store.reopen("copy-77")
    #expect(try await store.unfinished() == ["early", "copy-77", "late"])
  }
}

/// A job with something of everything, and a document.
func fill(_ store: any LeasedStore) async throws {
  try await store.create(try smallRecord("j1"))
  try await store.append(
    [entry(1)], made: [ReuseNote(key: "k", outputs: ["a": []])], to: "j1")
  try await store.add([report(1)], to: "j1")
  try await store.change([DocumentChange(shelf: "s", key: "x", bytes: [1])])
}

/// Each writing call throws `lease-lost` with the fact, and leaves what `fill` made.
func expectFenced(_ store: any LeasedStore, _ fact: String) async throws {
  let before = try await state(store)
  let record = try smallRecord("j2")
  let calls: [@Sendable () async throws -> Void] = [
    { try await store.create(record) },
    { try await store.append([entry(9)], made: [], to: "j1") },
    { try await store.append([], made: [ReuseNote(key: "k2", outputs: [:])], to: "j1") },
    { try await store.conclude("j1", .failed, at: Instant(milliseconds: 5)) },
    { try await store.reopen("j1") },
    { try await store.add([report(9)], to: "j1") },
    { try await store.change([DocumentChange(shelf: "s", key: "x", bytes: nil)]) },
    { try await store.remove("j1") },
  ]
  for (number, call) in calls.enumerated() {
    let failure = await #expect(throws: Failure.self, "call \(number)") { try await call() }
    #expect(failure?.code == "lease-lost")
    #expect(failure?.message.hasPrefix("writing to the ") == true)
    #expect(failure?.message.hasSuffix(" needs its lease, but \(fact)") == true)
    #expect(failure?.hint == "start this process again: it waits until the lease is free")
  }
  #expect(try await state(store) == before)
}

/// All that the calls of `expectFenced` would change.
private func state(_ store: any LeasedStore) async throws -> [String] {
  [
    "\(try await store.records().map { "\($0.id) \($0.state) \($0.ended as Any)" })",
    "\(try await store.journal(of: "j1"))", "\(try await store.reports(of: "j1", after: 0))",
    "\(try await store.recall("k") as Any)", "\(try await store.recall("k2") as Any)",
    "\(try await store.documents(on: "s"))",
  ]
}
