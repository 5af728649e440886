import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// A hub, its agents and what lies between them, as one value: what happens follows from the seed.
///
/// The drivers in here do what drivers are asked to do: an agent keeps first and then acts; the hub
/// writes events and reports in the order in which they came, several at a time, and acts on what is
/// written. Processes die between any two of these steps.
struct World {
  let seed: UInt64
  let scenario: Scenario
  let isTraced: Bool
  var generator: SeededGenerator
  var queue = EventQueue()
  /// Milliseconds; nobody but the world sees it.
  var now: Int64 = 0
  var lastSession: UInt64 = 0
  var occurrences = 0

  var hub: HubProcess?
  var hubDisk = HubDisk()
  var hubEpoch = 0
  /// How far the hub's clock is off.
  var hubClock: Int64 = 0
  var agents: [SimulatedAgent]
  var links: [Link]
  var ledger = Ledger()

  init(seed: UInt64, isTraced: Bool = false) throws {
    self.seed = seed
    self.isTraced = isTraced
    scenario = try Scenario(seed: seed)
    generator = SeededGenerator(seed: mix64(seed ^ 0xD21F7))
    agents = scenario.parties.map(SimulatedAgent.init)
    links = scenario.parties.map { _ in Link() }
  }

  /// Simulated time after which a job that is not over never will be.
  static let patience: Int64 = 900_000
  static let mostOccurrences = 100_000

  mutating func run() {
    riseHub()
    for place in agents.indices { riseAgent(place) }
    for (place, job) in scenario.jobs.enumerated() {
      queue.push(.submit(place), at: job.submitted)
      if let stopped = job.stopped { queue.push(.stop(place), at: job.submitted + stopped) }
    }
    planFault()
    while let (time, occurrence) = queue.pop() {
      now = max(now, time)
      occurrences += 1
      if now > Self.patience || occurrences > Self.mostOccurrences {
        return violate("no end after \(now) ms and \(occurrences) occurrences: \(unclean)")
      }
      trace("\(occurrence)")
      happen(occurrence)
      if case .hubTick = occurrence, isOver { break }
    }
    checkEnd()
  }

  private mutating func happen(_ occurrence: Occurrence) {
    switch occurrence {
    case .submit(let job): submit(job)
    case .stop(let job): stop(job)
    case .dial(let place, let life): dial(place, life)
    case .hubConnected(let place, let session, let hello):
      guard links[place].session == session else { return }
      tellDesk(.connected(scenario.parties[place], session: session, hello))
    case .hubHeard(let place, let session, let message):
      guard links[place].session == session else { return }
      tellDesk(.received(message, from: scenario.parties[place], session: session))
    case .hubNoticesCut(let place, let session):
      tellDesk(.disconnected(scenario.parties[place], session: session))
    case .agentHeard(let place, let session, let message):
      guard links[place].session == session else { return }
      agentHears(place, message)
    case .agentNoticesCut(let place, let session): noticeCut(place, session)
    case .hubTick(let epoch): tickHub(epoch)
    case .flush(let epoch): flush(epoch)
    case .timer(let job, let timer, let epoch):
      if epoch == hubEpoch { write(.event(job, .timerFired(timer))) }
    case .agentTick(let place, let life): tickAgent(place, life)
    case .decide(let place, let job, let life): decide(place, job, life: life)
    case .step(let place, let key, let life): step(place, key, life: life)
    case .wound(let place, let key, let life):
      guard agents[place].life == life, agents[place].process?.parts[key] != nil else { return }
      finish(place, key, .failed(Failure("cancelled", "told to end")))
    case .fault: fault()
    case .hubRises: riseHub()
    case .agentRises(let place): riseAgent(place)
    }
  }

  // MARK: Chance

  var isFaulty: Bool { now < scenario.faults.end }

  mutating func happens(_ chance: Double) -> Bool { chance > 0 && generator.unit() < chance }

  mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound
      + Int64(generator.next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func plan(_ occurrence: Occurrence, in wait: ClosedRange<Int64>) {
    queue.push(occurrence, at: now + within(wait))
  }

  mutating func violate(_ text: String) { ledger.violations.append("at \(now) ms: \(text)") }

  func trace(_ text: @autoclosure () -> String) {
    if isTraced { print("\(now) \(text())") }
  }
}
