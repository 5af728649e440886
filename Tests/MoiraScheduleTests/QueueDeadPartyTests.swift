import MoiraModel
import Testing

@testable import MoiraSchedule

@Suite struct QueueDeadPartyTests {
  private static let limits = QueueLimits(
    runningPerSubmitter: 3, queuedPerSubmitter: 1000, queued: 1000, running: 7,
    ageing: .seconds(30), patience: .seconds(20))
  private static let submitters = ["ana", "bo", "cy"]

  /// What starts of the jobs that do not need the party that is away.
  ///
  /// - Parameter crowd: jobs that need it, for each job that does not.
  private func starts(seed: UInt64, crowd: Int) throws -> [JobID] {
    var generator = SeededGenerator(seed: seed)
    var queue = JobQueue(limits: Self.limits)
    var now = Instant(milliseconds: 0)
    for party in ["a", "b"] {
      queue.setCapacity(of: PartyID(party), PartyCapacity(slots: 2, memory: 0))
    }
    // All submitters have come from the start.
    for name in Self.submitters {
      let request = QueueRequest(
        job: JobID(name), submitter: name, needs: ["dead": QueueNeed()], queued: now)
      try queue.add(request, at: now)
    }
    var running: [JobID] = []
    var log: [JobID] = []
    for number in 0..<80 {
      now = now + .milliseconds(Int.random(in: 0...9000, using: &generator))
      let submitter = Self.submitters.randomElement(using: &generator)!
      let slots = Int.random(in: 1...2, using: &generator)
      let parties: [PartyID] = [["a"], ["b"], ["a", "b"]].randomElement(using: &generator)!
      let priority = Int.random(in: 0...1, using: &generator)
      var needs: [PartyID: QueueNeed] = [:]
      for party in parties { needs[party] = QueueNeed(slots: slots) }
      for extra in 0..<crowd {
        let request = QueueRequest(
          job: JobID("dead\(number).\(extra)"), submitter: submitter, priority: 9,
          needs: needs.merging(["dead": QueueNeed()]) { $1 }, queued: now)
        try queue.add(request, at: now)
      }
      let request = QueueRequest(
        job: JobID("j\(number)"), submitter: submitter, priority: priority, needs: needs,
        queued: now)
      try queue.add(request, at: now)
      if Bool.random(using: &generator), !running.isEmpty {
        queue.remove(running.remove(at: Int.random(in: 0..<running.count, using: &generator)))
      }
      let started = queue.take(at: now)
      log += started
      running += started
    }
    return log
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `jobs of a party that is away change nothing for others, many and urgent as they are`(
    block: UInt64
  ) throws {
    for seed in block * 25..<(block + 1) * 25 {
      let alone = try starts(seed: seed, crowd: 0)
      #expect(alone.count > 20)
      #expect(try starts(seed: seed, crowd: 4) == alone, "seed \(seed)")
    }
  }
}
