public import MoiraModel

/// Which of many jobs may run next.
///
/// The order: higher priority first, where each whole `ageing` of waiting is one step more; among
/// equals the submitter with the fewest running jobs (one that is new counts as served just now),
/// then the one that was served least recently; then the job that waits longest.
///
/// A job starts when all of its parties have room for it, and neither its submitter nor the queue
/// has as many running as it may. One that does not fit holds up nobody: the next that fits starts
/// (backfill). But small jobs could so pass a large one for ever; therefore the first job in the
/// order that has waited for `patience` keeps the next free places of its parties, and one of its
/// submitter's, until it starts. Jobs behind it get what is left beside. Each party's places are
/// kept for one job at a time, and a job keeps none while one of its parties is away or too small,
/// or its submitter may start nothing; so a dead party delays its own jobs only.
///
/// Why nobody starves: the jobs that come from now on have the priorities they have, while one that
/// waits gains on them, so from some time on no newcomer goes before it. What is before it ends. It
/// is the first then, and what becomes free at its parties is its own.
///
/// Waiting jobs that differ in nothing but their time stand in one line, of which only the first is
/// looked at.
public struct JobQueue: Sendable {
  let limits: QueueLimits
  var parties = SlotTable<PartyID, QueueParty>()
  var submitters = SlotTable<String, QueueSubmitter>()
  var lines = SlotTable<WaitingLine.Key, WaitingLine>()
  var places: [JobID: Place] = [:]
  /// Counts the jobs that came, and the times that a submitter was served.
  var count: UInt64 = 0
  /// The queue's time: a clock that goes back stands still here.
  var latest = Instant(milliseconds: .min)
  /// Whether something has changed since the last look.
  var isStale = false
  /// Whether a job that has room did not start because places are kept for another.
  var holdsBack = false
  /// How many lines the looks have gone through, which is what they cost.
  var steps = 0

  public private(set) var runningCount = 0
  public var waitingCount: Int { places.count - runningCount }

  public init(limits: QueueLimits) { self.limits = limits }

  /// Where a job is.
  enum Place: Sendable {
    case waiting(WaitingLine.Entry, line: Int)
    case running(submitter: Int, needs: [PlaceNeed])
  }

  // MARK: Coming and going

  /// A job that waits from here on.
  ///
  /// - Throws: `job-exists`, `queue-full`, `submitter-limit`.
  /// - Complexity: O(parties of the job + log waiting jobs) for the youngest of its line.
  public mutating func add(_ request: QueueRequest, at now: Instant) throws(Failure) {
    try check(request)
    latest = max(latest, now)
    let submitter = submitterNumber(of: request)
    let key = WaitingLine.Key(
      submitter: submitter, priority: request.priority, needs: needs(of: request))
    let isNew = lines.number(of: key) == nil
    let line = lines.number(of: key, orInsert: WaitingLine(key: key))
    if isNew { use(key.needs, by: 1) }
    count += 1
    let entry = WaitingLine.Entry(queued: request.queued, number: count, job: request.job)
    lines[line].insert(entry)
    submitters[submitter].waiting += 1
    places[request.job] = .waiting(entry, line: line)
    isStale = true
  }

  /// A job that ran before this queue was made: it holds its places, whether there is room or not.
  ///
  /// - Throws: `job-exists`.
  public mutating func addRunning(_ request: QueueRequest, at now: Instant) throws(Failure) {
    try checkIsNew(request.job)
    latest = max(latest, now)
    begin(request.job, of: submitterNumber(of: request), needs(of: request))
    isStale = true
  }

  /// A job that has ended, or does not want to run any more.
  ///
  /// - Returns: whether it was here.
  /// - Complexity: O(parties of the job) if it ran or was the first of its line, else O(jobs of the
  ///   line).
  @discardableResult
  public mutating func remove(_ job: JobID) -> Bool {
    guard let place = places.removeValue(forKey: job) else { return false }
    switch place {
    case .waiting(let entry, let line):
      lines[line].remove(entry)
      leave(line)
    case .running(let submitter, let needs):
      runningCount -= 1
      submitters[submitter].running -= 1
      for each in needs { parties[each.party].giveBack(each.need) }
      use(needs, by: -1)
      forget(submitter)
    }
    isStale = true
    return true
  }

  /// What a party has from now on. To say the same again costs nothing.
  ///
  /// - Parameter capacity: nil when it is away or gone: its jobs wait, others do not.
  public mutating func setCapacity(of party: PartyID, _ capacity: PartyCapacity?) {
    if parties.number(of: party).flatMap({ parties[$0].capacity }) == capacity { return }
    let number = parties.number(of: party, orInsert: QueueParty(id: party))
    parties[number].capacity = capacity
    forgetParty(number)
    isStale = true
  }

  // MARK: Books

  /// Counts a job as running, from no line.
  mutating func begin(_ job: JobID, of submitter: Int, _ needs: [PlaceNeed]) {
    for each in needs { parties[each.party].take(each.need) }
    use(needs, by: 1)
    count += 1
    runningCount += 1
    submitters[submitter].running += 1
    submitters[submitter].served = count
    places[job] = .running(submitter: submitter, needs: needs)
  }

  /// A job has gone out of the line; what is not needed any more is forgotten.
  mutating func leave(_ line: Int) {
    let key = lines[line].key
    submitters[key.submitter].waiting -= 1
    if lines[line].isEmpty {
      lines.remove(key)
      use(key.needs, by: -1)
    }
    forget(key.submitter)
  }

  private mutating func submitterNumber(of request: QueueRequest) -> Int {
    count += 1
    let name = request.submitter
    return submitters.number(of: name, orInsert: QueueSubmitter(name: name, served: count))
  }

  private mutating func needs(of request: QueueRequest) -> [PlaceNeed] {
    request.needs.sorted { $0.key < $1.key }.map { party, need in
      PlaceNeed(party: parties.number(of: party, orInsert: QueueParty(id: party)), need: need)
    }
  }

  private mutating func use(_ needs: [PlaceNeed], by count: Int) {
    for each in needs {
      parties[each.party].users += count
      forgetParty(each.party)
    }
  }

  private mutating func forget(_ submitter: Int) {
    let one = submitters[submitter]
    if one.running == 0, one.waiting == 0 { submitters.remove(one.name) }
  }

  private mutating func forgetParty(_ number: Int) {
    let party = parties[number]
    if party.users == 0, party.capacity == nil { parties.remove(party.id) }
  }

  private func checkIsNew(_ job: JobID) throws(Failure) {
    if places[job] != nil { throw Failure("job-exists", "there is a job '\(job)' already") }
  }

  private func check(_ request: QueueRequest) throws(Failure) {
    try checkIsNew(request.job)
    let name = request.submitter
    let own = submitters.number(of: name).map { submitters[$0].waiting } ?? 0
    if own >= limits.queuedPerSubmitter {
      throw Failure(
        "submitter-limit", "'\(name)' has \(own) jobs waiting, and may have no more",
        hint: "wait until some have started, or stop some", isTransient: true)
    }
    if waitingCount >= limits.queued {
      throw Failure(
        "queue-full", "\(waitingCount) jobs wait already, and no more may",
        hint: "try again later", isTransient: true)
    }
  }
}

/// Who submits jobs, and how many of them are here.
struct QueueSubmitter: Sendable {
  let name: String
  /// When one of its jobs was last started, or when it came, in counts of the queue.
  var served: UInt64
  var running = 0
  var waiting = 0
  /// The jobs for which one of its places is kept, as of the last look.
  var keepers: [JobID] = []

  init(name: String, served: UInt64) {
    self.name = name
    self.served = served
  }
}
