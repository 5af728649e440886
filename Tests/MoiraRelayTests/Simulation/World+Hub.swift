import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// What the hub's process knows, and forgets when it dies.
struct HubProcess {
  var desk = HubDesk(patience: .seconds(10), repetition: .seconds(4))
  var machines: [JobID: JobMachine] = [:]
  /// Who has agreed, while a job waits to begin.
  var consents: [JobID: [PartyID: Consent]] = [:]
  var unwritten: [Write] = []
  var questions: [UInt64: (job: JobID, task: TaskID)] = [:]
  var lastQuestion: UInt64 = 0

  enum Write {
    case event(JobID, JobEvent)
    case report(OrderKey, [UInt8], from: PartyID, session: UInt64, number: UInt64)
  }
}

/// What the hub finds again.
struct HubDisk {
  /// By number.
  var submitted: Set<Int> = []
  var journals: [JobID: [JournalEntry]] = [:]
  var over: [JobID: JobState] = [:]
  var reports: [OrderKey: [UInt8]] = [:]
}

extension World {
  var hubTime: Instant { Instant(milliseconds: 1_700_000_000_000 + now + hubClock) }

  mutating func riseHub() {
    guard hub == nil else { return }
    hubEpoch += 1
    hubClock = within(-3_600_000...3_600_000)
    hub = HubProcess()
    trace("  the hub rises")
    for place in hubDisk.submitted.sorted() {
      let job = scenario.jobs[place]
      guard hubDisk.over[job.id] == nil, hub != nil else { continue }
      if let journal = hubDisk.journals[job.id] {
        hub?.machines[job.id] = JobMachine(replaying: journal)
        tellDesk(.opened(job.id, seats: job.seats))
        append(job.id, .recovered)
      } else {
        propose(job)
      }
    }
    plan(.hubTick(epoch: hubEpoch), in: 1...2000)
  }

  mutating func crashHub() {
    guard hub != nil else { return }
    trace("  the hub dies")
    hub = nil
    hubEpoch += 1
    for place in agents.indices { cut(place) }
    plan(.hubRises, in: 10...4000)
  }

  mutating func tickHub(_ epoch: Int) {
    guard epoch == hubEpoch, hub != nil else { return }
    tellDesk(.tick)
    checkUnwanted()
    if hub != nil { queue.push(.hubTick(epoch: epoch), at: now + 2000) }
  }

  // MARK: Jobs

  mutating func submit(_ place: Int) {
    guard hub != nil else { return plan(.submit(place), in: 500...1000) }
    hubDisk.submitted.insert(place)
    propose(scenario.jobs[place])
  }

  private mutating func propose(_ job: SimulatedJob) {
    hub?.consents[job.id] = [:]
    for party in job.members {
      tellDesk(.propose(job.id, proposal: [1], to: party, wait: job.wait))
    }
    if happens(0.05) { orderUnasked(job) }
  }

  /// A hub that is not what it should be orders a part before anybody has agreed.
  private mutating func orderUnasked(_ job: SimulatedJob) {
    guard let task = job.tasks.first, let party = job.seats[task.arbiter],
      let place = scenario.parties.firstIndex(of: party), let session = links[place].session
    else { return }
    let part = PartKey(task: task.id, attempt: 9, party: task.arbiter)
    let order = StartOrder(key: OrderKey(part, of: job.id), inputs: [:], absent: [])
    sendToAgent(place, session, .start(order, turn: 1))
  }

  mutating func stop(_ place: Int) {
    let job = scenario.jobs[place]
    if hubDisk.over[job.id] != nil { return }
    guard hub != nil, hubDisk.submitted.contains(place) else {
      return plan(.stop(place), in: 500...1000)
    }
    if hub?.machines[job.id] != nil {
      write(.event(job.id, .stopRequested(.init(reason: "enough"))))
    } else if hub?.consents.removeValue(forKey: job.id) != nil {
      refuse(job, [], "enough")
    }
  }

  mutating func decided(_ id: JobID, _ party: PartyID, _ consent: Consent) {
    guard let job = scenario.jobs.first(where: { $0.id == id }), hub?.consents[id] != nil else {
      return
    }
    hub?.consents[id]?[party] = consent
    guard let all = hub?.consents[id], all.count == job.members.count else { return }
    hub?.consents[id] = nil
    let refusals = all.values.flatMap(\.refusals)
    if !refusals.isEmpty { return refuse(job, refusals, nil) }
    write(.event(id, .submitted(job.shape)))
  }

  private mutating func refuse(_ job: SimulatedJob, _ failures: [Failure], _ reason: String?) {
    let refusal = JobRefusal(shape: job.shape, failures: failures, stopReason: reason)
    write(.event(job.id, .refused(refusal)))
  }

  // MARK: Writing

  mutating func write(_ write: HubProcess.Write) {
    guard let isFirst = hub?.unwritten.isEmpty else { return }
    hub?.unwritten.append(write)
    if isFirst { plan(.flush(epoch: hubEpoch), in: 1...20) }
  }

  /// Some of what waits is written in one go, and then acted on.
  mutating func flush(_ epoch: Int) {
    guard epoch == hubEpoch, let waiting = hub?.unwritten, !waiting.isEmpty else { return }
    let count = happens(0.3) ? Int(within(1...Int64(waiting.count))) : waiting.count
    hub?.unwritten.removeFirst(count)
    if count < waiting.count { plan(.flush(epoch: hubEpoch), in: 1...20) }
    for write in waiting.prefix(count) {
      guard epoch == hubEpoch else { return }
      switch write {
      case .event(let job, let event): append(job, event)
      case .report(let key, let report, let party, let session, let number):
        // A report has its place among its part's: what was kept before is not kept again.
        let kept = hubDisk.reports[key, default: []]
        if report.allSatisfy({ $0 >= kept.count }) { hubDisk.reports[key] = kept + report }
        if isFaulty, happens(scenario.faults.crashAfterKeeping) { return crashHub() }
        tellDesk(.kept(party, session: session, number))
      }
    }
  }

  /// Journals the event, then feeds the machine, then carries out what it wants.
  mutating func append(_ id: JobID, _ event: JobEvent) {
    guard hubDisk.over[id] == nil else { return }
    hubDisk.journals[id, default: []].append(JournalEntry(event, at: hubTime))
    let time = hubTime
    let actions = hub?.machines[id, default: JobMachine()].handle(event, at: time) ?? []
    trace("  journal of \(id): \(event)\n    \(actions)")
    if let state = hub?.machines[id]?.state, state.isFinal { hubDisk.over[id] = state }
    if isFaulty, happens(scenario.faults.crashAfterKeeping) { return crashHub() }
    if case .submitted = event, let job = scenario.jobs.first(where: { $0.id == id }) {
      tellDesk(.opened(id, seats: job.seats))
    }
    let epoch = hubEpoch
    for action in actions where epoch == hubEpoch {
      carryOut(action, id)
      if isFaulty, happens(scenario.faults.crashAfterKeeping) { crashHub() }
    }
  }

  private mutating func carryOut(_ action: JobAction, _ id: JobID) {
    switch action {
    case .lookUp(let task): lookUp(task, id)
    case .start(let part): order(part, id)
    case .cancel(let part): tellDesk(.withdraw(OrderKey(part, of: id)))
    case .setTimer(let timer, let due):
      let wait = max(0, due.milliseconds - hubTime.milliseconds)
      queue.push(.timer(id, timer, epoch: hubEpoch), at: now + wait)
    case .cancelTimer: break
    case .ended(let state):
      ledger.endings[id, default: []].append(state)
      hub?.machines[id] = nil
      tellDesk(.over(id))
    }
  }

  private mutating func order(_ part: PartKey, _ id: JobID) {
    guard let job = scenario.jobs.first(where: { $0.id == id }), let machine = hub?.machines[id],
      let needs = job.shape.tasks.first(where: { $0.id == part.task })?.needs,
      let party = job.seats[part.party]
    else { return }
    if machine.state(of: part.task) == .succeeded { violate("\(part) is ordered once more") }
    var inputs: [PortName: ArtifactReference] = [:]
    for need in needs {
      inputs[PortName(need.text)] = machine.outputs(of: need)?[part.party]?.first
    }
    let order = StartOrder(
      key: OrderKey(part, of: id), inputs: inputs, absent: machine.absent(of: part.task).sorted())
    tellDesk(.order(order, at: party, wait: job.wait))
  }

  private mutating func lookUp(_ task: TaskID, _ id: JobID) {
    guard let job = scenario.jobs.first(where: { $0.id == id }), let party = job.members.first,
      let number = hub.map({ $0.lastQuestion + 1 })
    else { return }
    hub?.lastQuestion = number
    hub?.questions[number] = (id, task)
    let part = PartKey(task: task, attempt: 1, party: party)
    let order = StartOrder(key: OrderKey(part, of: id), inputs: [:], absent: [])
    tellDesk(.ask(number, .fingerprint(order), of: party, wait: job.wait))
  }

  // MARK: The desk

  mutating func tellDesk(_ event: HubDesk.Event) {
    let epoch = hubEpoch
    let time = hubTime
    for action in hub?.desk.handle(event, at: time) ?? [] {
      guard epoch == hubEpoch, hub != nil else { return }
      switch action {
      case .send(let message, let party, let session):
        guard let place = scenario.parties.firstIndex(of: party) else { continue }
        sendToAgent(place, session, message)
      case .close(let party, let session, _):
        if let place = scenario.parties.firstIndex(of: party), links[place].session == session {
          cut(place)
        }
      case .decided(let job, let party, let consent): decided(job, party, consent)
      case .report(let key, let report, let party, let session, let number):
        write(.report(key, report, from: party, session: session, number: number))
      case .ended(let key, let end): ended(key, end)
      case .answered(let number, _):
        guard let asked = hub?.questions.removeValue(forKey: number) else { continue }
        write(.event(asked.job, .cacheAnswered(.init(task: asked.task, reuse: nil))))
      case .refuse(let refusal, _): ledger.refusals.insert(refusal.kind)
      }
    }
  }

  private mutating func ended(_ key: OrderKey, _ end: PartEnd) {
    switch end {
    case .succeeded(let outputs, let absent):
      let success = PartSuccess(part: key.part, outputs: outputs, absent: absent)
      write(.event(key.job, .partSucceeded(success)))
    case .failed(let failure):
      write(.event(key.job, .partFailed(.init(part: key.part, failure: failure))))
    case .lost: write(.event(key.job, .partLost(key.part)))
    }
  }
}
