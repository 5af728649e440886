import MoiraModel
import Testing

@testable import MoiraFlow

@Suite struct JobQueueTests {
  @Test func theHigherPriorityGoesFirstAndThenTheOlder() {
    var queue = JobQueue(limit: 1)
    for (number, (job, priority)) in [("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1)]
      .enumerated()
    {
      queue.add(job, priority: priority, number: number)
    }
    #expect(queue.waitingJobs == ["b", "d", "a", "c", "e"])
    var order: [String] = []
    while let job = queue.next() {
      let second = queue.next()
      #expect(second == nil)
      order.append(job)
      queue.end(job)
    }
    #expect(order == ["b", "d", "a", "c", "e"])
    #expect(queue.isEmpty)
  }

  @Test("No more than the limit run, and each job starts once", arguments: 0..<100)
  func properties(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let limit = Int.random(in: 1...4, using: &generator)
    var queue = JobQueue(limit: limit)
    var places: [String: (priority: Int, number: Int)] = [:]
    var started: [String] = []
    for number in 0..<200 {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0, 1:
        let priority = Int.random(in: -2...2, using: &generator)
        places["\(number)"] = (priority, number)
        queue.add("\(number)", priority: priority, number: number)
      case 2:
        let best = queue.waitingJobs.first
        guard let job = queue.next() else {
          #expect(queue.running.count == limit || best == nil)
          continue
        }
        #expect(job == best)
        let mine = places[job] ?? (0, 0)
        for other in queue.waitingJobs {
          let theirs = places[other] ?? (0, 0)
          #expect((-mine.priority, mine.number) < (-theirs.priority, theirs.number))
        }
        started.append(job)
      default:
        if let job = queue.running.sorted().first { queue.end(job) }
        if let job = queue.waitingJobs.last {
          let isGone = queue.withdraw(job)
          #expect(isGone)
        }
      }
      #expect(queue.running.count <= limit)
    }
    #expect(Set(started).count == started.count)
    let isGone = queue.withdraw("never")
    #expect(!isGone)
  }
}

@Suite struct PageTests {
  private func page(_ query: String) throws -> Page {
    try Page(FlowFields(query: QueryText("/?" + query)?.entries ?? []))
  }

  @Test func aPageIsCutFromTheNewestOn() throws {
    let rows = Array(1...10)
    #expect(try page("").cut(rows) == rows.reversed())
    #expect(try page("limit=3").cut(rows) == [10, 9, 8])
    #expect(try page("limit=3&page=2").cut(rows) == [7, 6, 5])
    #expect(try page("limit=3&page=4").cut(rows) == [1])
    #expect(try page("limit=3&page=5").cut(rows).isEmpty)
    #expect(try page("limit=3&page=9223372036854775807").cut(rows).isEmpty)
    #expect(try page("limit=2&order=asc").cut(rows) == [1, 2])
    #expect(try page("limit=99999999").limit == FlowLimits.page)
  }

  @Test("A wrong page is refused", arguments: ["limit=x", "limit=-1", "order=up", "order_by=name"])
  func refused(_ query: String) {
    #expect(throws: FlowRefusal.self) { try page(query) }
  }
}

@Suite struct JobIDTests {
  @Test func anIDIsTheMomentOfItsSubmission() {
    #expect(fateJobID(micros: 1_700_000_000_123_456) == "202311142213201234560")
    #expect(fateJobID(micros: 0) == "197001010000000000000")
    #expect(Instant(milliseconds: 1_700_000_000_000).fateText == "2023-11-14 22:13:20")
  }

  @Test func idsSortAsTheirMomentsDo() {
    let moments: [Int64] = [1, 999_999, 1_000_000, 1_700_000_000_000_000, 1_700_000_000_000_001]
    let ids = moments.map(fateJobID)
    #expect(ids == ids.sorted())
    #expect(Set(ids.map(\.count)) == [21])
  }
}
