import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// One party: what its disk holds, and its process if there is one.
struct SimulatedAgent {
  let party: PartyID
  var disk = AgentMemory()
  /// Counts its processes; on the disk too.
  var life: UInt64 = 0
  var process: AgentProcess?

  init(_ party: PartyID) { self.party = party }
}

struct AgentProcess {
  var machine: AgentMachine
  /// The connection that it believes in.
  var session: UInt64?
  var parts: [OrderKey: RunningPart] = [:]
}

extension World {
  mutating func riseAgent(_ place: Int) {
    guard agents[place].process == nil else { return }
    agents[place].life += 1
    let life = agents[place].life
    trace("  \(agents[place].party) rises")
    agents[place].process = AgentProcess(
      machine: AgentMachine(restoring: agents[place].disk, incarnation: life))
    plan(.dial(place, life: life), in: 1...200)
    plan(.agentTick(place, life: life), in: 1...2000)
  }

  mutating func crashAgent(_ place: Int) {
    guard agents[place].process != nil else { return }
    trace("  \(agents[place].party) dies")
    agents[place].process = nil
    agents[place].life += 1
    cut(place)
    plan(.agentRises(place), in: 10...6000)
  }

  mutating func tickAgent(_ place: Int, _ life: UInt64) {
    guard agents[place].life == life, agents[place].process != nil else { return }
    if agents[place].process?.session != nil { sendToHub(place, .beat) }
    tellAgent(place, .tick)
    queue.push(.agentTick(place, life: life), at: now + 2000)
  }

  mutating func agentHears(_ place: Int, _ message: HubMessage) {
    guard agents[place].process != nil else { return }
    if case .letter(let letter) = message { return takeLetter(place, letter) }
    tellAgent(place, .received(message))
    if case .receipt(let receipt) = message { wake(place, receipt.address.sender) }
  }

  // MARK: The machine

  mutating func tellAgent(_ place: Int, _ event: AgentMachine.Event) {
    let life = agents[place].life
    let actions = agents[place].process?.machine.handle(event) ?? []
    for (order, action) in actions.enumerated() {
      guard agents[place].life == life, agents[place].process != nil else { return }
      trace("  \(agents[place].party) does \(action)")
      if case .keep = action, order > 0 { violate("\(action) follows \(actions[order - 1])") }
      carryOut(action, place)
      let isLast = order == actions.count - 1
      if !isLast, isFaulty, happens(scenario.faults.crashAfterKeeping) { crashAgent(place) }
    }
  }

  private mutating func carryOut(_ action: AgentMachine.Action, _ place: Int) {
    let life = agents[place].life
    switch action {
    case .keep(let changes):
      for change in changes { agents[place].disk.apply(change) }
    case .send(let message): sendToHub(place, message)
    case .consider(let job, _): plan(.decide(place, job, life: life), in: 1...500)
    case .start(let order): begin(place, order)
    case .cancel(let key): plan(.wound(place, key, life: life), in: 0...300)
    case .answer(let number, _): sendToHub(place, .answered(number, .fingerprint(nil)))
    case .forget(let job):
      guard let parts = agents[place].process?.parts else { return }
      agents[place].process?.parts = parts.filter { $0.key.job != job }
    case .refuse(let refusal): ledger.refusals.insert(refusal.kind)
    }
  }

  mutating func decide(_ place: Int, _ id: JobID, life: UInt64) {
    guard agents[place].life == life, let job = scenario.jobs.first(where: { $0.id == id }) else {
      return
    }
    let party = agents[place].party
    let refusal = Failure("policy-refused", "'\(party)' does not take part")
    let refuses = job.refusing.contains(party)
    if !refuses { ledger.agreed.insert(Agreement(party: party, job: id)) }
    tellAgent(place, .decided(id, Consent(refusals: refuses ? [refusal] : [])))
  }

  private mutating func begin(_ place: Int, _ order: StartOrder) {
    let key = order.key
    let party = agents[place].party
    guard let job = scenario.jobs.first(where: { $0.id == key.job }),
      let task = job.tasks.first(where: { $0.id == key.part.task })
    else { return violate("\(key) is in no job") }
    // By when the job is over, its forgotten parts may be ordered again by a message that was late.
    if hubDisk.over[key.job] == nil {
      if !ledger.begun.insert(key).inserted { violate("\(key) runs a second time") }
      if let machine = hub?.machines[key.job], machine.state(of: task.id) == .succeeded {
        violate("\(key) begins after its task was done")
      }
    }
    if !ledger.agreed.contains(Agreement(party: party, job: key.job)) {
      violate("\(key) begins without consent of \(party)")
    }
    if job.seats[key.part.party] != party { violate("\(key) begins at \(party)") }
    agents[place].process?.parts[key] = RunningPart(order, task, job)
    wake(place, key)
  }
}
