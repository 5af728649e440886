public import MoiraModel

extension JobQueue {
  /// The jobs to start now, in order. They hold their places until they are removed.
  ///
  /// After it, no waiting job that has room and may run is left but for places that are kept.
  ///
  /// - Complexity: O(l · (parties of a job + log l)) for l lines, + O(log l) for each that starts,
  ///   once, and again for each time that some start while others are held back; O(1) where nothing
  ///   has changed and nothing is held back.
  public mutating func take(at now: Instant) -> [JobID] {
    latest = max(latest, now)
    guard isStale || holdsBack, runningCount < limits.running else { return [] }
    var started: [JobID] = []
    // What starts changes the order, and so may change who keeps places.
    repeat {
      var look = QueueLook(consume self)
      let more = look.run()
      self = look.end()
      started += more
      if more.isEmpty { return started }
    } while holdsBack
    return started
  }

  /// When to ask again even if nothing is added, removed or changed; nil if time alone starts
  /// nothing. Never within the second after `now`.
  ///
  /// Time alone starts a job only where places are kept from it: it may come to go before the job
  /// that keeps them, or that one may lose them to another.
  ///
  /// - Complexity: O(lines).
  public func nextWake(at now: Instant) -> Instant? {
    guard holdsBack, runningCount < limits.running else { return nil }
    let now = max(latest, now)
    let steps = lines.values.lazy.compactMap(\.first).map {
      limits.nextStep(since: $0.queued, at: now)
    }
    return steps.min().map { max($0, now.later(by: .seconds(1))) }
  }
}

/// One look over the lines, in the queue's order.
private struct QueueLook: ~Copyable {
  var queue: JobQueue
  /// The lines that are still to be looked at, by submitter.
  private var heads: [Heap<LineHead>]
  /// Each submitter that has heads, once.
  private var order = Heap<Turn>()
  private var started: [JobID] = []

  init(_ queue: consuming JobQueue) {
    self.queue = queue
    heads = Array(repeating: Heap(), count: self.queue.submitters.values.count)
  }

  mutating func run() -> [JobID] {
    queue.forgetKept()
    for line in queue.lines.values.indices { enter(line) }
    for submitter in heads.indices { enqueue(submitter) }
    while queue.runningCount < queue.limits.running, let turn = order.pop() {
      decide(turn.submitter)
    }
    return started
  }

  consuming func end() -> JobQueue { queue }

  /// Lines that can neither start nor keep places are left out.
  private mutating func enter(_ number: Int) {
    let line = queue.lines[number]
    guard let first = line.first else { return }
    queue.steps += 1
    let key = line.key
    let isEligible = key.needs.allSatisfy { queue.parties[$0.party].couldRun($0.need) }
    guard isEligible, queue.submitters[key.submitter].running < queue.limits.runningPerSubmitter
    else { return }
    let isImpatient = queue.limits.isImpatient(since: first.queued, at: queue.latest)
    guard isImpatient || queue.hasRoom(for: key.needs) else { return }
    let priority = queue.effectivePriority(of: first, in: key)
    heads[key.submitter].push(LineHead(priority: priority, entry: first, line: number))
  }

  private mutating func enqueue(_ submitter: Int) {
    guard let head = heads[submitter].first else { return }
    order.push(Turn(head: head, submitter: submitter, queue.submitters[submitter]))
  }

  private mutating func decide(_ submitter: Int) {
    guard let head = heads[submitter].pop() else { return }
    let needs = queue.lines[head.line].key.needs
    let one = queue.submitters[submitter]
    let hasRoom = queue.hasRoom(for: needs)
    if one.running + one.keepers.count >= queue.limits.runningPerSubmitter {
      // Nothing more of this submitter; a head behind this one may have room, too.
      if one.running < queue.limits.runningPerSubmitter { queue.holdsBack = true }
      return
    }
    if hasRoom, needs.allSatisfy({ queue.parties[$0.party].hasUnkeptRoom(for: $0.need) }) {
      start(head, needs, of: submitter)
    } else if hasRoom {
      queue.holdsBack = true
    } else if queue.limits.isImpatient(since: head.entry.queued, at: queue.latest) {
      queue.keepPlaces(needs, for: head.entry.job, of: submitter)
    }
    enqueue(submitter)
  }

  private mutating func start(_ head: LineHead, _ needs: [PlaceNeed], of submitter: Int) {
    started.append(head.entry.job)
    queue.lines[head.line].removeFirst()
    queue.begin(head.entry.job, of: submitter, needs)
    let hasMore = !queue.lines[head.line].isEmpty
    queue.leave(head.line)
    if hasMore { enter(head.line) }
  }
}

/// The first job of a line.
private struct LineHead: Comparable {
  let priority: Int
  let entry: WaitingLine.Entry
  let line: Int

  static func < (left: Self, right: Self) -> Bool {
    left.priority == right.priority ? left.entry < right.entry : left.priority > right.priority
  }
}

/// A submitter's first job, with what it goes by among those of others.
private struct Turn: Comparable {
  let submitter: Int
  private let rank: QueueRank

  init(head: LineHead, submitter: Int, _ one: QueueSubmitter) {
    self.submitter = submitter
    rank = QueueRank(
      priority: head.priority, running: one.running, served: one.served, entry: head.entry)
  }

  static func == (left: Self, right: Self) -> Bool { left.rank == right.rank }
  static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What a job goes by in the queue's order.
struct QueueRank: Comparable {
  let priority: Int
  let running: Int
  let served: UInt64
  let entry: WaitingLine.Entry

  /// Whether the left one goes first.
  static func < (left: Self, right: Self) -> Bool {
    if left.priority != right.priority { return left.priority > right.priority }
    if left.running != right.running { return left.running < right.running }
    if left.served != right.served { return left.served < right.served }
    return left.entry < right.entry
  }
}

extension JobQueue {
  func effectivePriority(of entry: WaitingLine.Entry, in key: WaitingLine.Key) -> Int {
    limits.effectivePriority(of: key.priority, queued: entry.queued, at: latest)
  }

  func hasRoom(for needs: [PlaceNeed]) -> Bool {
    needs.allSatisfy { parties[$0.party].hasRoom(for: $0.need) }
  }

  /// Before a look, which finds anew what is to be kept.
  fileprivate mutating func forgetKept() {
    isStale = false
    holdsBack = false
    for number in parties.values.indices { parties[number].keeper = nil }
    for number in submitters.values.indices { submitters[number].keepers = [] }
  }

  /// Unless one of the parties keeps its places for another already.
  fileprivate mutating func keepPlaces(_ needs: [PlaceNeed], for job: JobID, of submitter: Int) {
    guard needs.allSatisfy({ parties[$0.party].keeper == nil }) else { return }
    for each in needs {
      parties[each.party].keeper = QueueParty.Kept(job: job, need: each.need)
    }
    submitters[submitter].keepers.append(job)
  }
}
