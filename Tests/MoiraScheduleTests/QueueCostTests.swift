import MoiraModel
import Testing

@testable import MoiraSchedule

/// What looking costs, in lines gone through.
@Suite struct QueueCostTests {
  private let now = Instant(milliseconds: 0)
  private static let limits = QueueLimits(
    runningPerSubmitter: 100, queuedPerSubmitter: 10_000, queued: 10_000, running: 100,
    ageing: .seconds(60), patience: .seconds(600))

  /// 10,000 jobs of 20 submitters at three parties of 4 slots; each a line of its own, if so wished.
  private func full(apart: Bool) throws -> JobQueue {
    var queue = JobQueue(limits: Self.limits)
    for party in 0..<3 {
      queue.setCapacity(of: PartyID("p\(party)"), PartyCapacity(slots: 4, memory: 1 << 40))
    }
    for number in 0..<10_000 {
      let needs: [PartyID: QueueNeed] = [
        PartyID("p\(number % 3)"): QueueNeed(memory: apart ? number : 0)
      ]
      try queue.add(
        QueueRequest(
          job: JobID("j\(number)"), submitter: "s\(number % 20)", needs: needs, queued: now),
        at: now)
    }
    return queue
  }

  @Test(arguments: [false, true])
  func `10,000 waiting jobs cost as many looks as there are lines`(apart: Bool) throws {
    var queue = try full(apart: apart)
    // 20 submitters with the needs of three parties make 60 lines.
    #expect(queue.lines.count == (apart ? 10_000 : 60))
    let lines = queue.lines.count
    var running = queue.take(at: now)
    #expect(running.count == 12)
    #expect(queue.steps <= lines + 12)
    for round in 1...40 {
      let before = queue.steps
      queue.remove(running.removeFirst())
      running += queue.take(at: now + .seconds(round * 60))
      #expect(running.count == 12)
      #expect(queue.steps - before <= lines + 1)
    }
  }

  @Test func `a look at what has not changed costs nothing`() throws {
    var queue = try full(apart: true)
    _ = queue.take(at: now)
    let before = queue.steps
    for second in 0..<1000 {
      queue.setCapacity(of: "p1", PartyCapacity(slots: 4, memory: 1 << 40))
      queue.setCapacity(of: "nobody", nil)
      #expect(queue.take(at: now + .seconds(second)) == [])
    }
    #expect(queue.steps == before)
  }

  @Test func `nothing stays of what has gone`() throws {
    var queue = JobQueue(limits: Self.limits)
    for number in 0..<5000 {
      let party = PartyID("p\(number)")
      let request = QueueRequest(
        job: JobID("j\(number)"), submitter: "s\(number)", priority: number,
        needs: [party: QueueNeed()], queued: now)
      try queue.add(request, at: now)
      queue.setCapacity(of: party, PartyCapacity(slots: 1, memory: 0))
      #expect(queue.take(at: now) == [request.job])
      queue.setCapacity(of: party, nil)
      queue.remove(request.job)
    }
    #expect(queue.places.isEmpty)
    #expect((queue.lines.count, queue.parties.count, queue.submitters.count) == (0, 0, 0))
    #expect(
      queue.lines.values.count + queue.parties.values.count + queue.submitters.values.count < 10)
  }
}
