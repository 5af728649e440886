import MoiraModel

/// The bounds of a queue, and how fast waiting counts.
public struct QueueLimits: Hashable, Sendable {
  /// 4 running and 200 waiting jobs of one submitter, 64 and 10,000 of all; a step of priority
  /// for ten minutes of waiting; places are kept after half an hour.
  public static let standard = QueueLimits(
    runningPerSubmitter: 4, queuedPerSubmitter: 200, queued: 10_000, running: 64,
    ageing: .seconds(600), patience: .seconds(1800))

  /// Jobs of one submitter that run at once.
  public var runningPerSubmitter: Int
  /// Jobs of one submitter that wait at once.
  public var queuedPerSubmitter: Int
  /// Jobs that wait at once, of all submitters.
  public var queued: Int
  /// Jobs that run at once, of all submitters.
  public var running: Int
  /// How long a job waits for one step of priority; at least 1 ms.
  public var ageing: Duration
  /// How long a job waits until the next free places of its parties are kept for it.
  public var patience: Duration

  public init(
    runningPerSubmitter: Int, queuedPerSubmitter: Int, queued: Int, running: Int,
    ageing: Duration, patience: Duration
  ) {
    self.runningPerSubmitter = runningPerSubmitter
    self.queuedPerSubmitter = queuedPerSubmitter
    self.queued = queued
    self.running = running
    self.ageing = ageing
    self.patience = patience
  }

  /// The priority that a job has come to: one step more for each whole `ageing` that it waited.
  func effectivePriority(of priority: Int, queued: Instant, at now: Instant) -> Int {
    let (sum, overflow) = priority.addingReportingOverflow(steps(since: queued, at: now))
    return overflow ? .max : sum
  }

  func isImpatient(since queued: Instant, at now: Instant) -> Bool {
    age(since: queued, at: now) >= max(patience.boundedMilliseconds, 0)
  }

  /// When time alone next changes what a job that waits since then counts for.
  func nextStep(since queued: Instant, at now: Instant) -> Instant {
    let left = step - age(since: queued, at: now) % step
    let ageing = max(now, queued).later(by: .milliseconds(left))
    let patience = queued.later(by: .milliseconds(max(patience.boundedMilliseconds, 0)))
    return patience > now ? min(patience, ageing) : ageing
  }

  private var step: Int64 { max(ageing.boundedMilliseconds, 1) }

  private func steps(since queued: Instant, at now: Instant) -> Int {
    Int(age(since: queued, at: now) / step)
  }

  /// In milliseconds; a clock that went back makes nobody younger than new.
  private func age(since queued: Instant, at now: Instant) -> Int64 {
    let (age, overflow) = now.milliseconds.subtractingReportingOverflow(queued.milliseconds)
    if overflow { return now > queued ? .max : 0 }
    return max(age, 0)
  }
}
