import Foundation
import MoiraModel
import Testing

@testable import MoiraSchedule

/// Thousands of jobs with random tasks, troubles, orders of delivery, crashes and clocks.
@Suite struct JobPropertyTests {
  typealias Faults = SimulatedFederation.Faults

  func run(_ job: RandomJob, _ faults: Faults, seed: UInt64) throws -> SimulatedFederation {
    var federation = SimulatedFederation(job, faults, seed: seed)
    let cameToItsEnd = federation.run()
    #expect(cameToItsEnd, "the job got stuck")
    try federation.checkEnd()
    return federation
  }

  @Test(arguments: 0..<10)
  func `whatever the order, the job comes to what the fates say`(block: UInt64) throws {
    for seed in block * 100..<(block + 1) * 100 {
      let job = try RandomJob(seed: seed)
      let expected = job.expected
      let federation = try run(job, Faults(noise: 0.1), seed: seed)
      for task in try #require(federation.machine.snapshot).tasks {
        #expect(task.state == expected[task.id]?.state, "seed \(seed), \(task.id)")
        #expect(task.failures.map(\.code) == expected[task.id]?.codes, "seed \(seed), \(task.id)")
      }
    }
  }

  /// Neither a state nor a cause: a cause that was about to arrive is found again.
  @Test(arguments: 0..<10)
  func `crashes change no outcome`(block: UInt64) throws {
    var crashes = 0
    for seed in block * 60..<(block + 1) * 60 {
      let job = try RandomJob(seed: seed)
      let expected = job.expected
      let federation = try run(job, Faults(crash: 0.08, noise: 0.05), seed: seed)
      crashes += federation.crashes
      for task in try #require(federation.machine.snapshot).tasks {
        #expect(task.state == expected[task.id]?.state, "seed \(seed), \(task.id)")
        #expect(task.failures.map(\.code) == expected[task.id]?.codes, "seed \(seed), \(task.id)")
      }
    }
    #expect(crashes > 60)
  }

  @Test(arguments: 0..<10)
  func `hasty timers, stops, noise and crashes break no invariant`(block: UInt64) throws {
    var stopped = 0
    for seed in block * 60..<(block + 1) * 60 {
      let job = try RandomJob(seed: seed, trouble: 0.5, fragile: 0.3)
      let faults = Faults(crash: 0.05, noise: 0.2, hasty: true, stop: 0.01)
      let federation = try run(job, faults, seed: seed)
      stopped += federation.machine.state == .stopped ? 1 : 0
    }
    #expect(stopped > 0 && stopped < 60)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `a journal that went through JSON gives the same machine and the same actions`(
    seed: UInt64
  ) throws {
    let faults = Faults(crash: 0.05, noise: 0.1)
    let federation = try run(try RandomJob(seed: seed), faults, seed: seed)
    let text = try JSONEncoder().encode(federation.journal)
    let journal = try JSONDecoder().decode([JournalEntry].self, from: text)
    #expect(journal == federation.journal)
    var first = JobMachine()
    var second = JobMachine()
    for (read, written) in zip(journal, federation.journal) {
      #expect(first.handle(read.event, at: read.at) == second.handle(written.event, at: written.at))
    }
    #expect(first == second)
    #expect(first == federation.machine)
  }

  @Test(arguments: [4, 10_000])
  func `a chain of 1,000 and a fan of 10,000 come to their end`(parallelism: Int) throws {
    func name(_ index: Int) -> TaskID { TaskID("t\(index)") }
    let chain = (0..<1000).map { TaskShape(name($0), needs: $0 == 0 ? [] : [name($0 - 1)]) }
    let middle = (1...10_000).map { TaskShape(name($0), needs: [name(0)]) }
    let last = TaskShape("last", needs: middle.map(\.id))
    for tasks in [chain, [TaskShape(name(0))] + middle + [last]] {
      var job = ScriptedJob()
      var actions = try job.submit(tasks, parallelism: parallelism)
      var next = 0
      while next < actions.count {
        if case .start(let part) = actions[next] { actions += job.succeed(part.task) }
        next += 1
      }
      #expect(actions.count == tasks.count + 1)
      #expect(actions.last == .ended(.succeeded))
    }
  }
}

extension SimulatedFederation {
  /// Tells of something that cannot be; it must change nothing.
  mutating func tellSomethingStrange() {
    guard let task = shape.tasks.randomElement(using: &generator) else { return }
    let before = machine
    let attempt = machine.snapshot(of: task.id)?.attempt ?? 0
    let party = task.parties[0]
    let events: [JobEvent] = [
      .submitted(shape),
      .partSucceeded(.init(part: PartKey(task.id, attempt + 1, party), outputs: [])),
      .partFailed(.init(part: PartKey(task.id, attempt - 1, party), failure: Failure("old", ""))),
      .partFailed(.init(part: PartKey(task.id, attempt, "z"), failure: Failure("stranger", ""))),
      .timerFired(TimerID(task: task.id, attempt: attempt - 1, purpose: .timeout)),
      .cacheAnswered(.init(task: "nobody", reuse: nil)),
    ]
    guard let event = events.randomElement(using: &generator) else { return }
    journal.append(JournalEntry(event, at: now))
    #expect(machine.handle(event, at: now) == [])
    #expect(machine == before)
  }
}
