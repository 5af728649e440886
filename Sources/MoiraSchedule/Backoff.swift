public import MoiraModel

/// How long a task waits before its next attempt: exponential, bounded, with seeded jitter.
///
/// The n-th counted failure is followed by a wait of min(limit, initial · factorⁿ⁻¹) · (1 − jitter
/// · u), where u in [0, 1) follows from (seed, task, attempt) alone. So the limit is never passed,
/// and a replay finds the same waits.
///
/// Source: Brooker, "Exponential Backoff and Jitter" (AWS Architecture Blog, 2015), with the share
/// of the wait that is jittered left open (1 is his "full jitter").
public struct Backoff: Hashable, Codable, Sendable {
  /// 1 s, 2 s, 4 s, ... up to a minute, each up to a fifth shorter.
  public static let standard = Backoff(
    initial: .seconds(1), factor: 2, limit: .seconds(60), jitter: 0.2)

  private let initialMilliseconds: Int64
  private let limitMilliseconds: Int64
  /// At least 1.
  public let factor: Double
  /// The share of the wait that is left to chance, in [0, 1].
  public let jitter: Double

  public init(initial: Duration, factor: Double, limit: Duration, jitter: Double) {
    initialMilliseconds = initial.boundedMilliseconds
    limitMilliseconds = limit.boundedMilliseconds
    self.factor = factor
    self.jitter = jitter
  }

  /// The wait after the first failure.
  public var initial: Duration { .milliseconds(initialMilliseconds) }
  /// The longest wait.
  public var limit: Duration { .milliseconds(limitMilliseconds) }

  /// The wait before the attempt that follows `attempt`.
  ///
  /// - Parameter failures: How many attempts of the task have failed, this one included; from 1.
  /// - Complexity: O(failures).
  public func wait(
    afterFailures failures: Int, of task: TaskID, attempt: Int, seed: UInt64
  ) -> Duration {
    let longest = Double(limitMilliseconds)
    var wait = Double(initialMilliseconds)
    var left = failures - 1
    while left > 0, wait < longest, factor > 1 {
      wait *= factor
      left -= 1
    }
    let u = Self.chance(seed: seed, task: task, attempt: attempt)
    return .milliseconds(Int64(min(wait, longest) * (1 - jitter * u)))
  }

  /// Whether every value lies where the formula needs it.
  var isSound: Bool {
    let waits = 0...Duration.waitLimit.milliseconds
    return waits.contains(initialMilliseconds) && waits.contains(limitMilliseconds)
      && factor.isFinite && factor >= 1 && jitter >= 0 && jitter <= 1
  }

  /// Uniform in [0, 1), with 53 bits: FNV-1a over the task's name, mixed with seed and attempt.
  private static func chance(seed: UInt64, task: TaskID, attempt: Int) -> Double {
    var name: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in task.text.utf8 { name = (name ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let mixed = mix64(mix64(seed ^ mix64(name)) &+ UInt64(truncatingIfNeeded: attempt))
    return Double(mixed >> 11) * 0x1p-53
  }
}

extension Duration {
  /// The longest wait or timeout that a job may ask for: 366 days.
  public static let waitLimit = Duration.seconds(366 * 86_400)

  /// Whole milliseconds; what is far out of bounds stays out of bounds without an overflow.
  var boundedMilliseconds: Int64 {
    if self > .waitLimit { return Duration.waitLimit.milliseconds + 1 }
    return self < .zero ? -1 : milliseconds
  }
}

extension Instant {
  /// The moment `wait` later, or the last one there is.
  func later(by wait: Duration) -> Instant {
    let (sum, overflow) = milliseconds.addingReportingOverflow(wait.milliseconds)
    return Instant(milliseconds: overflow ? .max : sum)
  }
}
