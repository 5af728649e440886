import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

struct Agreement: Hashable {
  let party: PartyID
  let job: JobID
}

/// What was seen in a world, across all its processes.
struct Ledger {
  var violations: [String] = []
  var agreed: Set<Agreement> = []
  var begun: Set<OrderKey> = []
  /// The reports that each part made, kept or not.
  var told: [OrderKey: [UInt8]] = [:]
  var endings: [JobID: [JobState]] = [:]
  var refusals: Set<String> = []
  /// Parts that run though the hub does not want them, and at how many of its ticks they did.
  var unwanted: [OrderKey: Int] = [:]
}

extension World {
  /// Whether all that was to be done is done, and nobody holds anything of it.
  var isOver: Bool {
    hubDisk.over.count == scenario.jobs.count && !isFaulty && hub != nil
      && agents.allSatisfy { $0.process?.session != nil } && unclean.isEmpty
  }

  /// What is still held, and by whom.
  var unclean: [String] {
    var left: [String] = []
    if let desk = hub?.desk {
      if !desk.jobs.isEmpty { left.append("the hub's jobs \(desk.jobs.keys.sorted())") }
      for (party, line) in desk.parties {
        if line.hasOpen { left.append("open at \(party): \(line)") }
        if !line.unkept.isEmpty { left.append("not kept of \(party)") }
      }
    }
    for agent in agents {
      guard let machine = agent.process?.machine else { continue }
      if !machine.memory.jobs.isEmpty { left.append("\(agent.party) knows \(machine.memory.jobs)") }
      if !machine.memory.tellings.isEmpty { left.append("\(agent.party) tells") }
      if machine.lanes != LaneDesk() { left.append("\(agent.party) has lanes \(machine.lanes)") }
      if !machine.running.isEmpty { left.append("\(agent.party) runs \(machine.running)") }
      if !machine.considering.isEmpty { left.append("\(agent.party) considers") }
      if !machine.turns.isEmpty { left.append("\(agent.party) has turns") }
    }
    return left
  }

  /// Where messages get through, a part that is not wanted does not run for long.
  mutating func checkUnwanted() {
    guard let hub, !isFaulty || scenario.faults.drop == 0 else {
      ledger.unwanted = [:]
      return
    }
    var still: [OrderKey: Int] = [:]
    for (place, agent) in agents.enumerated() {
      guard let process = agent.process, let session = process.session,
        links[place].blockedUntil <= now,
        links[place].session == session, hub.desk.parties[agent.party]?.session == session
      else { continue }
      for key in process.parts.keys where hub.machines[key.job]?.isWanted(key.part) == false {
        still[key] = ledger.unwanted[key, default: 0] + 1
        if still[key] == 6 { violate("\(key) runs and is not wanted") }
      }
    }
    ledger.unwanted = still
  }

  mutating func checkEnd() {
    // A real stream loses nothing but its end. Where these do not either, nobody honest is refused for
    // leaving a number out; in the other worlds such a connection ends, and all the same each job does.
    if scenario.faults.keepsStreams, ledger.refusals.contains("skipped") {
      violate("an honest agent left a number out")
    }
    if ledger.refusals.contains("late-answer") { violate("an honest agent was given up") }
    for place in agents.indices where agents[place].process != nil {
      tellAgent(place, .tick)
      let agent = agents[place]
      guard let memory = agent.process?.machine.memory else { continue }
      // The number of a report that was noted before it was kept is nobody's any more.
      if memory.consents != agent.disk.consents || memory.parts != agent.disk.parts
        || memory.tellings != agent.disk.tellings || memory.letters != agent.disk.letters
      {
        violate("\(agent.party) has not kept what it knows")
      }
    }
    for job in scenario.jobs { checkEnd(of: job) }
    for (key, stored) in hubDisk.reports {
      // What a crash cut off is lost, but nothing before what is there.
      if stored != Array((0..<UInt8(stored.count))) { violate("reports of \(key): \(stored)") }
    }
  }

  private mutating func checkEnd(of job: SimulatedJob) {
    let journal = hubDisk.journals[job.id] ?? []
    let machine = JobMachine(replaying: journal)
    guard let state = machine.state, state.isFinal else {
      return violate("\(job.id) has not ended: \(unclean)")
    }
    if ledger.endings[job.id, default: []].count > 1 { violate("\(job.id) ended twice") }
    if job.mustSucceed, state != .succeeded {
      let failures = machine.snapshot?.tasks.flatMap(\.failures) ?? []
      violate("\(job.id) came to \(state): \(failures), \(machine.refusals)")
    }
    if !job.refusing.isEmpty, state == .succeeded { violate("\(job.id) ran against a refusal") }
    let expected = job.expected()
    for task in machine.snapshot?.tasks ?? [] where task.state == .succeeded {
      for (seat, value) in expected[task.id] ?? [:] {
        let made = task.outputs[seat]?.map(\.hash.text) ?? []
        if made != ["\(value)"] {
          violate("\(job.id) \(task.id) at \(seat): \(made), not \(value)")
        }
        let part = PartKey(task: task.id, attempt: task.attempt, party: seat)
        let rounds = job.tasks.first { $0.id == task.id }?.rounds ?? 0
        let stored = hubDisk.reports[OrderKey(part, of: job.id)] ?? []
        if stored != Array(0..<UInt8(rounds)) { violate("reports of \(part): \(stored)") }
      }
    }
  }
}
