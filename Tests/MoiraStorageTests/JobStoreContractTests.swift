import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Testing

/// What every `JobStore` does; the same body on memory and on SQLite.
@Suite struct JobStoreContractTests {
  /// A store, and what keeps its file.
  struct Subject {
    let store: any JobStore
    let place: StorePlace

    init(_ kind: StoreKind) async throws {
      place = try await StorePlace(kind)
      store = kind == .memory ? MemoryJobStore() : try await place.open()
    }
  }

  @Test("A job comes back as it was created", arguments: StoreKind.present)
  func createAndRead(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    let record = try smallRecord("j1")
    try await subject.store.create(record)
    let read = try #require(try await subject.store.record(of: "j1"))
    #expect(read.id == record.id)
    #expect(read.name == "small")
    #expect(read.created == record.created)
    #expect(read.state == .running)
    #expect(read.ended == nil)
    #expect(read.source == record.source)
    #expect(read.planHash == record.planHash)
    #expect(read.plan.contentHash == record.planHash)
    #expect(read.plan.tasks.map(\.needs) == [[], ["first"]])
    #expect(try await subject.store.record(of: "j2") == nil)
  }

  @Test("A second job of the same id is refused", arguments: StoreKind.present)
  func createTwice(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    try await subject.store.create(try smallRecord("j1"))
    let failure = await #expect(throws: Failure.self) {
      try await subject.store.create(try smallRecord("j1"))
    }
    #expect(failure?.code == "job-exists")
    #expect(failure?.message == "there is a job 'j1' already")
  }

  @Test("Jobs are listed from the oldest to the newest", arguments: StoreKind.present)
  func list(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    for (id, created) in [("c", 5), ("a", 3), ("b", 3), ("z", 1)] as [(JobID, Int64)] {
      try await subject.store.create(try smallRecord(id, created: created))
    }
    #expect(try await subject.store.records().map(\.id) == ["z", "a", "b", "c"])
    #expect(try await subject.store.ids() == ["z", "a", "b", "c"])
    #expect(try await subject.store.records(latest: 3).map(\.id) == ["a", "b", "c"])
    #expect(try await subject.store.records(latest: 1).map(\.id) == ["c"])
    #expect(try await subject.store.records(latest: 9).count == 4)
    #expect(try await subject.store.records(latest: 0).isEmpty)
    #expect(try await subject.store.records(latest: -1).isEmpty)
  }

  @Test("A journal keeps its entries in order over many appends", arguments: StoreKind.present)
  func journal(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    for id in ["j1", "j2"] as [JobID] { try await subject.store.create(try smallRecord(id)) }
    var number = 0
    for count in [1, 0, 3, 7, 1] {
      let entries = (0..<count).map { entry(number + $0) }
      number += count
      try await subject.store.append(entries, made: [], to: "j1")
      try await subject.store.append(Array(entries.prefix(1)), made: [], to: "j2")
    }
    #expect(try await subject.store.journal(of: "j1") == (0..<12).map(entry))
    #expect(try await subject.store.journal(of: "j2").count == 4)
    #expect(try await subject.store.journal(of: "j3").isEmpty)
  }

  @Test("Nothing is appended to a job that is not there", arguments: StoreKind.present)
  func unknown(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    let one = await #expect(throws: Failure.self) {
      try await subject.store.append([entry(1)], made: [], to: "gone")
    }
    #expect(one?.code == "job-unknown")
    let other = await #expect(throws: Failure.self) {
      try await subject.store.add([report(1)], to: "gone")
    }
    #expect(other?.code == "job-unknown")
  }

  @Test("A job's end is noted, and taken back when it runs again", arguments: StoreKind.present)
  func concludeAndReopen(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    try await subject.store.create(try smallRecord("j1"))
    try await subject.store.conclude("j1", .failed, at: Instant(milliseconds: 77))
    var record = try #require(try await subject.store.record(of: "j1"))
    #expect(record.state == .failed)
    #expect(record.ended == Instant(milliseconds: 77))
    try await subject.store.reopen("j1")
    record = try #require(try await subject.store.records().first)
    #expect(record.state == .running)
    #expect(record.ended == nil)
  }

  @Test("Reports are numbered from 1 and read from any number on", arguments: StoreKind.present)
  func reports(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    try await subject.store.create(try smallRecord("j1"))
    try await subject.store.add([], to: "j1")
    try await subject.store.add([report(1), report(2)], to: "j1")
    try await subject.store.add([report(3)], to: "j1")
    let all = try await subject.store.reports(of: "j1", after: 0)
    #expect(all == (1...3).map { NumberedReport(number: $0, report: report($0)) })
    #expect(try await subject.store.reports(of: "j1", after: 2).map(\.number) == [3])
    #expect(try await subject.store.reports(of: "j1", after: 3).isEmpty)
  }

  @Test("A measured value that is no number is kept", arguments: StoreKind.present)
  func nonFinite(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    try await subject.store.create(try smallRecord("j1"))
    let wild = PartReport(
      part: PartKey(task: "first", attempt: 1, party: "a"), at: Instant(milliseconds: 1),
      report: .metrics(step: 1, values: ["a": .nan, "b": .infinity, "c": -.infinity]))
    try await subject.store.add([wild], to: "j1")
    let read = try await subject.store.reports(of: "j1", after: 0)
    let one = try #require(read.first)
    guard case .metrics(_, let values) = one.report.report else {
      Issue.record("not metrics")
      return
    }
    #expect(values["a"]?.isNaN == true)
    #expect(values["b"] == .infinity)
    #expect(values["c"] == -.infinity)
  }

  @Test("The last note under a key is recalled", arguments: StoreKind.present)
  func reuse(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    for id in ["j1", "j2"] as [JobID] { try await subject.store.create(try smallRecord(id)) }
    let first: [PartyID: [ArtifactReference]] = ["a": [reference("1")], "b": []]
    let second: [PartyID: [ArtifactReference]] = ["a": [reference("2")], "b": [reference("3")]]
    try await subject.store.append([], made: [ReuseNote(key: "k", outputs: first)], to: "j1")
    #expect(try await subject.store.recall("k") == first)
    #expect(try await subject.store.recall("other") == nil)
    try await subject.store.append([], made: [ReuseNote(key: "k", outputs: second)], to: "j2")
    #expect(try await subject.store.recall("k") == second)
    try await subject.store.append([], made: [ReuseNote(key: "k", outputs: first)], to: "j1")
    #expect(try await subject.store.recall("k") == first)
  }

  @Test("A removed job takes along only what it alone made reusable", arguments: StoreKind.present)
  func remove(_ kind: StoreKind) async throws {
    let subject = try await Subject(kind)
    for id in ["j1", "j2"] as [JobID] {
      try await subject.store.create(try smallRecord(id))
      try await subject.store.append(
        [entry(1)],
        made: [
          ReuseNote(key: "shared", outputs: ["a": []]),
          ReuseNote(key: ContentHash("of-\(id)"), outputs: ["a": []]),
        ], to: id)
      try await subject.store.add([report(1)], to: id)
    }
    try await subject.store.remove("j1")
    try await subject.store.remove("never")
    #expect(try await subject.store.records().map(\.id) == ["j2"])
    #expect(try await subject.store.journal(of: "j1").isEmpty)
    #expect(try await subject.store.reports(of: "j1", after: 0).isEmpty)
    #expect(try await subject.store.recall("of-j1") == nil)
    #expect(try await subject.store.recall("of-j2") != nil)
    #expect(try await subject.store.recall("shared") != nil)
    #expect(try await subject.store.journal(of: "j2") == [entry(1)])
  }

  @Test("Appends that come at the same time are all kept", arguments: StoreKind.present)
  func concurrent(_ kind: StoreKind) async throws {
    let store = try await Subject(kind)
    try await store.store.create(try smallRecord("j1"))
    let jobs = store.store
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for turn in 0..<10 {
            try await jobs.append(
              [entry(writer * 100 + turn * 2), entry(writer * 100 + turn * 2 + 1)], made: [],
              to: "j1")
          }
        }
      }
      try await group.waitForAll()
    }
    let moments = try await jobs.journal(of: "j1").map(\.at.milliseconds)
    #expect(moments.count == 160)
    for writer in 0..<8 {
      let own = moments.filter { $0 / 100 == Int64(writer) }
      #expect(own == (0..<20).map { Int64(writer * 100 + $0) })
    }
    // The two entries of one append stand side by side.
    #expect(stride(from: 0, to: 160, by: 2).allSatisfy { moments[$0] + 1 == moments[$0 + 1] })
  }
}
