import MoiraModel
import Testing

@testable import MoiraSchedule

@Suite struct JobQueueTests {
  private let start = Instant(milliseconds: 0)

  private func queue(
    _ change: (inout QueueLimits) -> Void = { _ in }, slots: [PartyID: Int] = ["a": 2, "b": 2]
  ) -> JobQueue {
    var limits = QueueLimits.standard
    change(&limits)
    var queue = JobQueue(limits: limits)
    for (party, count) in slots {
      queue.setCapacity(of: party, PartyCapacity(slots: count, memory: 1 << 30))
    }
    return queue
  }

  private func job(
    _ name: String, by submitter: String = "ana", _ priority: Int = 0,
    at parties: [PartyID] = ["a"], slots: Int = 1, memory: Int = 0, second: Int = 0
  ) -> QueueRequest {
    let need = QueueNeed(slots: slots, memory: memory)
    return QueueRequest(
      job: JobID(name), submitter: submitter, priority: priority,
      needs: Dictionary(uniqueKeysWithValues: parties.map { ($0, need) }), queued: moment(second))
  }

  private func moment(_ second: Int) -> Instant { start + .seconds(second) }

  private func words(_ queue: JobQueue, _ job: JobID, second: Int = 0) -> String {
    guard case .waiting(let place, let reason)? = queue.standing(of: job, at: moment(second)) else {
      return "\(queue.standing(of: job, at: moment(second)) as Any)"
    }
    return "\(place): \(reason)"
  }

  @Test func `the higher priority goes first, then the one that came first`() throws {
    var queue = queue(slots: ["a": 3])
    for request in [job("low", -1), job("one"), job("high", 5), job("two")] {
      try queue.add(request, at: start)
    }
    #expect(queue.take(at: start) == ["high", "one", "two"])
    #expect(words(queue, "low") == "1: 'a' has no free slot (3 of 3 taken)")
    queue.remove("one")
    #expect(queue.take(at: start) == ["low"])
  }

  @Test func `waiting is worth a step of priority for each whole time of ageing`() throws {
    var old = queue({ $0.ageing = .seconds(60) }, slots: ["a": 1])
    try old.add(job("old", 0, second: 0), at: start)
    try old.add(job("new", 2, second: 100), at: moment(100))
    var same = old
    // At 119 s the old one has waited one whole minute, at 120 s two; the new one none.
    #expect(old.take(at: moment(119)) == ["new"])
    #expect(same.take(at: moment(120)) == ["old"])
  }

  @Test func `a job that does not fit does not hold up the others`() throws {
    var queue = queue()
    try queue.add(job("large", 9, at: ["a", "b"], slots: 2), at: start)
    try queue.addRunning(job("before", at: ["a"]), at: start)
    try queue.add(job("small", at: ["b"], slots: 2), at: start)
    #expect(queue.take(at: start) == ["small"])
    #expect(words(queue, "large") == "1: 'a' has 1 free slot of 2, but 2 are needed")
  }

  @Test func `small jobs pass a large one until its patience ends, and not after`() throws {
    var queue = queue({ $0.patience = .seconds(10) }, slots: ["a": 2])
    try queue.addRunning(job("s0"), at: start)
    try queue.add(job("large", by: "bo", slots: 2), at: start)
    // One small job ends and another comes each second, so that two slots are never free at once.
    var started: [JobID] = []
    for second in 1...15 {
      try queue.add(job("s\(second)", by: "cy", second: second), at: moment(second))
      started += queue.take(at: moment(second))
      queue.remove(JobID("s\(second - 1)"))
    }
    started += queue.take(at: moment(16))
    #expect(started == (1...9).map { JobID("s\($0)") } + ["large"])
    #expect(words(queue, "s15", second: 16) == "1: 'a' has no free slot (2 of 2 taken)")
  }

  @Test func `places are kept at all parties of the job, beside which others start`() throws {
    var queue = queue({ $0.patience = .seconds(10) }, slots: ["a": 2, "b": 3, "c": 1])
    try queue.addRunning(job("before", by: "bo", at: ["a"], slots: 2), at: start)
    try queue.add(job("large", at: ["a", "b"], slots: 2), at: start)
    try queue.add(job("b1", by: "cy", at: ["b"], second: 20), at: moment(20))
    try queue.add(job("b2", by: "di", at: ["b"], second: 20), at: moment(20))
    try queue.add(job("c1", by: "di", at: ["c"], second: 20), at: moment(20))
    #expect(queue.take(at: moment(20)) == ["b1", "c1"])
    #expect(
      words(queue, "b2", second: 20) == "2: the next free places of 'b' are kept for job 'large'")
    #expect(words(queue, "large", second: 20) == "1: 'a' has no free slot (2 of 2 taken)")
    #expect(queue.nextWake(at: moment(20)) == moment(30))
    queue.remove("before")
    #expect(queue.take(at: moment(21)) == ["large"])
    #expect(queue.nextWake(at: moment(21)) == nil)
  }

  @Test func `a submitter's place is kept with those of the parties`() throws {
    var queue = queue {
      $0.patience = .seconds(10)
      $0.runningPerSubmitter = 2
    }
    try queue.addRunning(job("before", at: ["a"]), at: start)
    try queue.add(job("large", at: ["a"], slots: 2), at: start)
    try queue.add(job("small", at: ["b"], second: 20), at: moment(20))
    #expect(queue.take(at: moment(20)) == [])
    #expect(
      words(queue, "small", second: 20) == "2: the next place of 'ana' is kept for job 'large'")
    queue.remove("before")
    #expect(queue.take(at: moment(21)) == ["large", "small"])
  }

  @Test func `a party that is away delays its own jobs only`() throws {
    var queue = queue({ $0.patience = .seconds(10) })
    queue.setCapacity(of: "b", nil)
    try queue.add(job("both", 5, at: ["a", "b"]), at: start)
    #expect(queue.take(at: start) == [])
    try queue.add(job("one", slots: 2, second: 20), at: moment(20))
    // It has waited for long, but keeps nothing at 'a' while 'b' is away.
    #expect(queue.take(at: moment(20)) == ["one"])
    #expect(words(queue, "both", second: 20) == "1: 'b' is away")
    queue.remove("one")
    queue.setCapacity(of: "b", PartyCapacity(slots: 1, memory: 0))
    #expect(queue.take(at: moment(30)) == ["both"])
  }

  @Test func `a party that nobody has named is away, and one that is too small is named`() throws {
    var queue = queue(slots: ["a": 1])
    try queue.add(job("x", at: ["zoe"]), at: start)
    try queue.add(job("y", at: ["a"], slots: 2), at: start)
    try queue.add(job("z", at: ["a"], memory: 3 << 29), at: start)
    #expect(queue.take(at: start) == [])
    #expect(words(queue, "x") == "1: 'zoe' is away")
    #expect(words(queue, "y") == "2: 'a' has 1 slot in all, but 2 are needed")
    #expect(words(queue, "z") == "3: 'a' has 1 GiB of memory in all, but 1.5 GiB are needed")
  }

  @Test func `memory bounds jobs as slots do`() throws {
    var queue = queue(slots: ["a": 9])
    try queue.add(job("one", memory: 700 << 20), at: start)
    try queue.add(job("two", memory: 400 << 20), at: start)
    try queue.add(job("none"), at: start)
    #expect(queue.take(at: start) == ["one", "none"])
    #expect(
      words(queue, "two") == "1: 'a' has 324 MiB of 1 GiB of memory free, but 400 MiB are needed")
  }

  @Test func `submitters with as many running take turns`() throws {
    var queue = queue(slots: ["a": 1])
    for name in ["a1", "a2", "a3"] { try queue.add(job(name, by: "ana"), at: start) }
    for name in ["b1", "b2"] { try queue.add(job(name, by: "bo"), at: start) }
    var started: [JobID] = []
    while let next = queue.take(at: start).first {
      started.append(next)
      queue.remove(next)
    }
    #expect(started == ["a1", "b1", "a2", "b2", "a3"])
  }

  @Test func `the submitter with fewer running goes first`() throws {
    var queue = queue(slots: ["a": 4])
    try queue.addRunning(job("a0", by: "ana"), at: start)
    for name in ["a1", "a2", "a3"] { try queue.add(job(name, by: "ana"), at: start) }
    for name in ["b1", "b2", "b3"] { try queue.add(job(name, by: "bo"), at: start) }
    #expect(queue.take(at: start) == ["b1", "a1", "b2"])
  }

  /// Whoever comes with one job at a time would else be new each time, and always first.
  @Test func `to go and come again wins nothing`() throws {
    var queue = queue(slots: ["a": 1])
    try queue.add(job("b1", by: "bo"), at: start)
    try queue.add(job("b2", by: "bo"), at: start)
    try queue.add(job("a1", by: "ana"), at: start)
    var started: [JobID] = []
    for round in 2...4 {
      let next = try #require(queue.take(at: start).first)
      started.append(next)
      queue.remove(next)
      if next.text.hasPrefix("a") { try queue.add(job("a\(round)", by: "ana"), at: start) }
    }
    #expect(started == ["b1", "a1", "b2"])
  }

  @Test func `limits of running jobs hold, and are named`() throws {
    var queue = queue(
      {
        $0.runningPerSubmitter = 1
        $0.running = 2
      }, slots: ["a": 9])
    for name in ["a1", "a2"] { try queue.add(job(name, by: "ana"), at: start) }
    #expect(queue.take(at: start) == ["a1"])
    #expect(words(queue, "a2") == "1: 'ana' may run 1 job at once, and runs 1")
    for name in ["bo", "cy"] { try queue.add(job(name, by: name), at: start) }
    #expect(queue.take(at: start) == ["bo"])
    #expect(words(queue, "cy") == "1: 2 jobs may run at once, and 2 do")
  }

  @Test func `what cannot be taken in is refused by name`() throws {
    var queue = queue {
      $0.queuedPerSubmitter = 2
      $0.queued = 3
    }
    func failure(_ request: QueueRequest) -> String {
      do throws(Failure) { try queue.add(request, at: start) } catch {
        return "\(error.code): \(error.message)"
      }
      return "none"
    }
    #expect(failure(job("1")) == "none")
    #expect(failure(job("1")) == "job-exists: there is a job '1' already")
    #expect(failure(job("2")) == "none")
    #expect(failure(job("3")) == "submitter-limit: 'ana' has 2 jobs waiting, and may have no more")
    #expect(failure(job("4", by: "bo")) == "none")
    #expect(failure(job("5", by: "bo")) == "queue-full: 3 jobs wait already, and no more may")
    #expect(throws: Failure.self) { try queue.addRunning(job("1"), at: start) }
    #expect(queue.waitingCount == 3)
  }

  @Test func `after a restart running jobs hold their places, room or not`() throws {
    var queue = queue(slots: ["a": 1])
    for name in ["one", "two"] { try queue.addRunning(job(name), at: start) }
    try queue.add(job("three"), at: start)
    #expect(queue.take(at: start) == [])
    #expect(words(queue, "three") == "1: 'a' has no free slot (2 of 1 taken)")
    queue.remove("one")
    #expect(queue.take(at: start) == [])
    queue.remove("two")
    #expect(queue.take(at: start) == ["three"])
    #expect(queue.standing(of: "three", at: start) == .running)
    #expect(queue.standing(of: "two", at: start) == nil)
    let isHere = queue.remove("two")
    #expect(!isHere)
  }

  @Test func `numbers at their ends break nothing`() throws {
    var queue = queue({ $0.ageing = .zero }, slots: ["a": 9])
    let ends = [Int.min, .max]
    for (index, priority) in ends.enumerated() {
      for queued in [Int64.min, .max] {
        let request = QueueRequest(
          job: JobID("\(index)\(queued)"), submitter: "s\(index)", priority: priority,
          needs: ["a": QueueNeed(slots: priority, memory: priority)],
          queued: Instant(milliseconds: queued))
        try queue.add(request, at: Instant(milliseconds: .max))
      }
    }
    let started = queue.take(at: Instant(milliseconds: .min))
    #expect(started.count == 2)
    #expect(queue.waitingCount == 2)
    _ = queue.nextWake(at: Instant(milliseconds: .max))
    #expect(QueueLimits.standard.nextStep(since: start, at: start) == moment(600))
    #expect(QueueLimits.standard.nextStep(since: start, at: moment(1300)) == moment(1800))
    #expect(QueueLimits.standard.nextStep(since: moment(100), at: start) == moment(700))
  }
}
