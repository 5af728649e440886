import Foundation
import MoiraModel
import Testing

@testable import MoiraSchedule

/// A queue and the slow model of it, fed with the same events, drawn from a seed.
struct QueueTrial {
  static let limits = QueueLimits(
    runningPerSubmitter: 3, queuedPerSubmitter: 8, queued: 24, running: 7, ageing: .seconds(30),
    patience: .seconds(50))
  static let parties: [PartyID] = ["a", "b", "c", "d"]
  static let submitters = ["ana", "bo", "cy"]

  var generator: SeededGenerator
  var queue = JobQueue(limits: limits)
  var model = QueueReference(limits: limits)
  var now = Instant(milliseconds: 1_000_000)
  var log: [JobID] = []
  var kept = 0
  private var number = 0

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func request() -> QueueRequest {
    number += 1
    let parties = Self.parties.shuffled(using: &generator).prefix(
      .random(in: 1...3, using: &generator))
    var needs: [PartyID: QueueNeed] = [:]
    for party in parties {
      needs[party] = QueueNeed(
        slots: .random(in: 0...2, using: &generator),
        memory: .random(in: 0...2, using: &generator) * 100)
    }
    return QueueRequest(
      job: JobID("j\(number)"), submitter: Self.submitters.randomElement(using: &generator)!,
      priority: .random(in: -1...1, using: &generator), needs: needs,
      queued: Instant(milliseconds: now.milliseconds - .random(in: 0...20_000, using: &generator)))
  }

  mutating func step() throws {
    now = now + .milliseconds(Int.random(in: 0...9000, using: &generator))
    switch Int.random(in: 0..<20, using: &generator) {
    case 0..<8: try add()
    case 8..<14: remove(model.running.map(\.job))
    case 14: remove(model.waiting.map(\.request.job))
    case 15: try addRunning()
    case 16, 17: setCapacity(of: Self.parties.randomElement(using: &generator)!)
    default: break
    }
  }

  @discardableResult
  mutating func take() -> [JobID] {
    let started = queue.take(at: now)
    #expect(started == model.take(at: now))
    log += started
    kept += model.keepers.count
    return started
  }

  private mutating func add() throws {
    let request = request()
    let own = model.waiting.count { $0.request.submitter == request.submitter }
    do throws(Failure) {
      try queue.add(request, at: now)
      #expect(own < Self.limits.queuedPerSubmitter && model.waiting.count < Self.limits.queued)
      model.add(request)
    } catch {
      #expect(
        error.code == (own >= Self.limits.queuedPerSubmitter ? "submitter-limit" : "queue-full"))
      #expect(own >= Self.limits.queuedPerSubmitter || model.waiting.count >= Self.limits.queued)
    }
  }

  /// As after a restart, where there is room.
  private mutating func addRunning() throws {
    let request = request()
    guard model.hasRoom(request), model.running.count < Self.limits.running,
      model.runs(of: request.submitter) < Self.limits.runningPerSubmitter
    else { return }
    try queue.addRunning(request, at: now)
    model.addRunning(request)
  }

  mutating func remove(_ jobs: [JobID]) {
    guard let job = jobs.randomElement(using: &generator) else { return }
    let isHere = queue.remove(job)
    #expect(isHere)
    model.remove(job)
  }

  mutating func setCapacity(of party: PartyID, isThere: Bool? = nil) {
    let there = isThere ?? (Int.random(in: 0..<5, using: &generator) > 0)
    let slots = isThere == true ? 4 : Int.random(in: 0...4, using: &generator)
    let capacity = there ? PartyCapacity(slots: slots, memory: 400) : nil
    queue.setCapacity(of: party, capacity)
    model.setCapacity(of: party, capacity)
  }
}

@Suite struct QueuePropertyTests {
  /// Seeds in each of 20 blocks; more when asked.
  private static let seeds: UInt64 =
    ProcessInfo.processInfo.environment["MOIRA_FUZZ"] == nil ? 15 : 500

  private func trials(_ block: UInt64, _ body: (inout QueueTrial) throws -> Void) throws {
    for seed in block * Self.seeds..<(block + 1) * Self.seeds {
      var trial = QueueTrial(seed: seed)
      for party in QueueTrial.parties { trial.setCapacity(of: party, isThere: true) }
      try body(&trial)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `it starts what the slow model starts, within all limits, and leaves nothing that fits`(
    block: UInt64
  ) throws {
    var started = 0
    var kept = 0
    try trials(block) { trial in
      for step in 0..<60 {
        try trial.step()
        try checkLimits(trial, trial.take())
        // The slow model is slow.
        if step % 4 > 0 { continue }
        checkPlaces(trial)
        try checkReasons(trial)
      }
      started += trial.log.count
      kept += trial.kept
    }
    // Not a test of nothing: jobs start, and places are kept.
    #expect(started > 100)
    #expect(kept > 10)
  }

  private func checkPlaces(_ trial: QueueTrial) {
    let ordered = trial.model.inOrder(trial.model.waiting, at: trial.now)
    for (place, job) in ordered.enumerated() {
      guard case .waiting(let stands, _)? = trial.queue.standing(of: job.request.job, at: trial.now)
      else {
        Issue.record("\(job.request.job) does not wait")
        continue
      }
      #expect(stands == place + 1)
    }
    for job in trial.model.running {
      #expect(trial.queue.standing(of: job.job, at: trial.now) == .running)
    }
    #expect(trial.queue.waitingCount == trial.model.waiting.count)
    #expect(trial.queue.runningCount == trial.model.running.count)
  }

  /// What has room and may run is left for one reason only: that places are kept for a job that has
  /// waited for long.
  private func checkReasons(_ trial: QueueTrial) throws {
    let model = trial.model
    for job in model.waiting.map(\.request) {
      let standing = trial.queue.standing(of: job.job, at: trial.now)
      guard case .waiting(_, let reason)? = standing else { continue }
      let mayRun =
        model.hasRoom(job) && model.running.count < QueueTrial.limits.running
        && model.runs(of: job.submitter) < QueueTrial.limits.runningPerSubmitter
      switch reason {
      case .placesKept(_, let keeper), .submitterPlaceKept(_, let keeper):
        #expect(mayRun)
        let other = try #require(model.waiting.first { $0.request.job == keeper }).request
        #expect(trial.now - other.queued >= QueueTrial.limits.patience)
        #expect(model.couldRun(other) && !model.hasRoom(other))
      case .nothing: Issue.record("\(job.job) could run, and was left")
      default: #expect(!mayRun, "\(reason)")
      }
    }
  }

  /// Of those that have just started.
  private func checkLimits(_ trial: QueueTrial, _ started: [JobID]) throws {
    let new = trial.model.running.filter { started.contains($0.job) }
    for (party, need) in new.flatMap(\.needs) {
      let all = try #require(trial.model.capacities[party])
      let taken = trial.model.taken(at: party)
      if need.slots > 0 { #expect(taken.slots <= all.slots) }
      if need.memory > 0 { #expect(taken.memory <= all.memory) }
    }
    for submitter in QueueTrial.submitters {
      #expect(trial.model.runs(of: submitter) <= QueueTrial.limits.runningPerSubmitter)
    }
    #expect(trial.queue.runningCount <= QueueTrial.limits.running)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `time alone starts nothing before the moment that is named`(block: UInt64) throws {
    var named = 0
    try trials(block) { trial in
      for _ in 0..<60 {
        try trial.step()
        trial.take()
        let wake = trial.queue.nextWake(at: trial.now)
        named += wake == nil ? 0 : 1
        let end = wake ?? trial.now + .seconds(1_000_000)
        // A moment within the second is put off to its end.
        if end - trial.now <= .seconds(1) { continue }
        for _ in 0..<3 {
          let moment = Int64.random(
            in: trial.now.milliseconds..<end.milliseconds, using: &trial.generator)
          var later = trial.queue
          later.isStale = true
          #expect(later.take(at: Instant(milliseconds: moment)) == [])
        }
      }
    }
    #expect(named > 2)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every job ends up running while others keep coming`(block: UInt64) throws {
    try trials(block) { trial in
      // Jobs that wait when the flood begins.
      for _ in 0..<30 { try trial.step() }
      for party in QueueTrial.parties { trial.setCapacity(of: party, isThere: true) }
      let old = Set(trial.model.waiting.map(\.request.job))
      var steps = 0
      while !old.isDisjoint(with: trial.model.waiting.map(\.request.job)), steps < 400 {
        steps += 1
        try trial.flood()
      }
      #expect(steps < 400, "after \(steps) steps some wait still")
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `the same events give the same starts`(seed: UInt64) throws {
    func run() throws -> [JobID] {
      var trial = QueueTrial(seed: seed)
      for party in QueueTrial.parties { trial.setCapacity(of: party, isThere: true) }
      for _ in 0..<200 {
        try trial.step()
        trial.take()
      }
      return trial.log
    }
    let first = try run()
    #expect(try run() == first)
    #expect(!first.isEmpty)
  }
}

extension QueueTrial {
  /// A step of time in which jobs come as fast as they are let in, and half of those that run end.
  mutating func flood() throws {
    now = now + .seconds(2)
    for _ in 0..<3 { try add() }
    for job in model.running.map(\.job) where Bool.random(using: &generator) {
      queue.remove(job)
      model.remove(job)
    }
    take()
  }
}
