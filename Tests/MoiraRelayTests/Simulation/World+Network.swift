import MoiraModel
import MoiraRelay
import MoiraSchedule

/// The way between one agent and the hub.
struct Link {
  /// The connection that holds; what is on its way on another one is lost.
  var session: UInt64?
  /// Until when nothing gets through.
  var blockedUntil: Int64 = 0
  /// When the last message arrives in each direction.
  var lastAtHub: Int64 = 0
  var lastAtAgent: Int64 = 0
}

extension World {
  // MARK: Messages

  mutating func sendToHub(_ place: Int, _ message: AgentMessage) {
    guard let session = agents[place].process?.session, links[place].session == session else {
      return
    }
    trace("  \(scenario.parties[place]) says \(message)")
    carry(.hubHeard(place, session: session, message), place, \.lastAtHub)
  }

  mutating func sendToAgent(_ place: Int, _ session: UInt64, _ message: HubMessage) {
    guard links[place].session == session else { return }
    trace("  hub says to \(scenario.parties[place]): \(message)")
    carry(.agentHeard(place, session: session, message), place, \.lastAtAgent)
  }

  /// In order, unless the way is a bad one.
  mutating func carry(
    _ occurrence: Occurrence, _ place: Int, _ last: WritableKeyPath<Link, Int64>
  ) {
    if links[place].blockedUntil > now { return }
    let faults = scenario.faults
    var arrival = now + within(1...15)
    if isFaulty {
      if happens(faults.drop) { return trace("  lost") }
      if happens(faults.duplicate) { queue.push(occurrence, at: now + within(1...3000)) }
      if happens(faults.overtake) { return queue.push(occurrence, at: now + within(1...400)) }
    }
    arrival = max(arrival, links[place][keyPath: last])
    links[place][keyPath: last] = arrival
    queue.push(occurrence, at: arrival)
  }

  // MARK: Connections

  mutating func dial(_ place: Int, _ life: UInt64) {
    guard agents[place].life == life, agents[place].process?.session == nil,
      let machine = agents[place].process?.machine
    else { return }
    if hub == nil || links[place].blockedUntil > now {
      return plan(.dial(place, life: life), in: 300...2000)
    }
    if links[place].session != nil { cut(place) }
    lastSession += 1
    links[place].session = lastSession
    links[place].lastAtHub = now
    links[place].lastAtAgent = now
    agents[place].process?.session = lastSession
    let hello = Hello(
      build: "1", components: [:], slots: 1, memory: 1, jobs: machine.memory.jobs.sorted(),
      firstTold: machine.firstTold)
    let arrival = now + within(1...15)
    links[place].lastAtHub = arrival
    queue.push(.hubConnected(place, session: lastSession, hello), at: arrival)
    tellAgent(place, .connected)
  }

  /// The connection is gone, with all that is on its way; each end learns it in its time.
  mutating func cut(_ place: Int) {
    guard let session = links[place].session else { return }
    trace("  cut \(scenario.parties[place]), session \(session)")
    links[place].session = nil
    // Now and then the hub has nothing but its patience.
    if !happens(0.2) { plan(.hubNoticesCut(place, session: session), in: 0...3000) }
    plan(.agentNoticesCut(place, session: session), in: 0...3000)
  }

  mutating func noticeCut(_ place: Int, _ session: UInt64) {
    guard agents[place].process?.session == session else { return }
    agents[place].process?.session = nil
    tellAgent(place, .disconnected)
    plan(.dial(place, life: agents[place].life), in: 50...1000)
  }

  // MARK: Faults

  mutating func planFault() {
    let weights = scenario.faults.weights
    guard weights.contains(where: { $0 > 0 }) else { return }
    plan(.fault, in: 1...(2 * scenario.faults.pause))
  }

  mutating func fault() {
    guard isFaulty else { return }
    let weights = scenario.faults.weights
    var left = Int(generator.next() % UInt64(weights.reduce(0, +)))
    let kind = weights.firstIndex { weight in
      left -= weight
      return left < 0
    }
    let place = Int(generator.next() % UInt64(agents.count))
    switch kind {
    case 0: cut(place)
    case 1: block(place)
    case 2: crashAgent(place)
    case 3: crashHub()
    default:
      crashHub()
      for place in agents.indices { crashAgent(place) }
    }
    planFault()
  }

  /// Nothing gets through for a while; the connection may outlive it, unless an end gives it up.
  private mutating func block(_ place: Int) {
    let length = within(500...20_000)
    links[place].blockedUntil = max(links[place].blockedUntil, now + length)
    trace("  \(scenario.parties[place]) is cut off until \(links[place].blockedUntil)")
    if length > 5000 { cut(place) }
  }
}
