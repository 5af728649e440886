import MoiraModel

@testable import MoiraSchedule

/// The queue's rules, done slowly: every waiting job is looked at on its own, the first in the order
/// anew after each decision.
struct QueueReference {
  struct Waiting {
    let request: QueueRequest
    let number: Int
  }

  let limits: QueueLimits
  private(set) var waiting: [Waiting] = []
  private(set) var running: [QueueRequest] = []
  private(set) var kept: [PartyID: QueueRequest] = [:]
  private(set) var keepers: [QueueRequest] = []
  private(set) var capacities: [PartyID: PartyCapacity] = [:]
  private var served: [String: Int] = [:]
  private var count = 0

  init(limits: QueueLimits) { self.limits = limits }

  mutating func add(_ request: QueueRequest) {
    come(request)
    waiting.append(Waiting(request: request, number: count))
  }

  mutating func addRunning(_ request: QueueRequest) {
    come(request)
    served[request.submitter] = count
    running.append(request)
  }

  private mutating func come(_ request: QueueRequest) {
    count += 1
    if served[request.submitter] == nil { served[request.submitter] = count }
  }

  mutating func remove(_ job: JobID) {
    waiting.removeAll { $0.request.job == job }
    running.removeAll { $0.job == job }
    let here = Set(waiting.map(\.request.submitter) + running.map(\.submitter))
    served = served.filter { here.contains($0.key) }
  }

  mutating func setCapacity(of party: PartyID, _ capacity: PartyCapacity?) {
    capacities[party] = capacity
  }

  /// Looks until nothing more starts.
  mutating func take(at now: Instant) -> [JobID] {
    var started: [JobID] = []
    while true {
      let more = look(at: now)
      if more.isEmpty { return started }
      started += more
    }
  }

  private mutating func look(at now: Instant) -> [JobID] {
    if running.count >= limits.running { return [] }
    kept = [:]
    keepers = []
    var started: [JobID] = []
    var left = waiting
    while running.count < limits.running, let next = inOrder(left, at: now).first {
      left.removeAll { $0.number == next.number }
      let request = next.request
      let isLimited = runs(of: request.submitter) + keeps(of: request.submitter)
      if isLimited >= limits.runningPerSubmitter { continue }
      guard couldRun(request) else { continue }
      if hasRoom(request, besideKept: true) {
        started.append(request.job)
        waiting.removeAll { $0.number == next.number }
        running.append(request)
        count += 1
        served[request.submitter] = count
      } else if !hasRoom(request), now - request.queued >= limits.patience,
        request.needs.keys.allSatisfy({ kept[$0] == nil })
      {
        for party in request.needs.keys { kept[party] = request }
        keepers.append(request)
      }
    }
    return started
  }

  // MARK: The rules

  func inOrder(_ jobs: [Waiting], at now: Instant) -> [Waiting] {
    let runs = Dictionary(grouping: running, by: \.submitter).mapValues(\.count)
    let ranked = jobs.map { job in
      let age = max((now - job.request.queued).milliseconds, 0)
      return (
        effective: job.request.priority + Int(age / limits.ageing.milliseconds),
        runs: runs[job.request.submitter] ?? 0, served: served[job.request.submitter] ?? 0, job: job
      )
    }
    return ranked.sorted { left, right in
      let (one, two) = (left.job, right.job)
      if left.effective != right.effective { return left.effective > right.effective }
      if left.runs != right.runs { return left.runs < right.runs }
      if left.served != right.served { return left.served < right.served }
      if one.request.queued != two.request.queued { return one.request.queued < two.request.queued }
      return one.number < two.number
    }.map(\.job)
  }

  func runs(of submitter: String) -> Int { running.count { $0.submitter == submitter } }
  private func keeps(of submitter: String) -> Int { keepers.count { $0.submitter == submitter } }

  func taken(at party: PartyID) -> (slots: Int, memory: Int) {
    running.reduce(into: (0, 0)) { sum, job in
      sum.0 += job.needs[party]?.slots ?? 0
      sum.1 += job.needs[party]?.memory ?? 0
    }
  }

  func couldRun(_ request: QueueRequest) -> Bool {
    request.needs.allSatisfy { party, need in
      guard let all = capacities[party] else { return false }
      return need.slots <= all.slots && need.memory <= all.memory
    }
  }

  func hasRoom(_ request: QueueRequest, besideKept: Bool = false) -> Bool {
    request.needs.allSatisfy { party, need in
      guard let all = capacities[party] else { return false }
      var (slots, memory) = taken(at: party)
      if besideKept, let one = kept[party]?.needs[party] {
        slots += one.slots
        memory += one.memory
      }
      return (need.slots == 0 || slots + need.slots <= all.slots)
        && (need.memory == 0 || memory + need.memory <= all.memory)
    }
  }
}
