import MoiraModel
import MoiraSchedule
import Testing

@Suite struct BackoffTests {
  @Test(arguments: zip(1...7, [1, 2, 4, 8, 10, 10, 10]))
  func `without jitter the wait doubles up to the limit`(failures: Int, seconds: Int) {
    let wait = plainBackoff.wait(afterFailures: failures, of: "x", attempt: failures, seed: 1)
    #expect(wait == .seconds(seconds))
  }

  @Test func `a factor of one keeps the wait`() {
    let backoff = Backoff(initial: .seconds(3), factor: 1, limit: .seconds(9), jitter: 0)
    #expect(backoff.wait(afterFailures: 1000, of: "x", attempt: 1, seed: 1) == .seconds(3))
  }

  @Test func `the limit holds from the first wait on`() {
    let backoff = Backoff(initial: .seconds(30), factor: 2, limit: .seconds(9), jitter: 0)
    #expect(backoff.wait(afterFailures: 1, of: "x", attempt: 1, seed: 1) == .seconds(9))
  }

  @Test func `no number of failures overflows`() {
    let backoff = Backoff(initial: .seconds(1), factor: 1e300, limit: .waitLimit, jitter: 0)
    #expect(backoff.wait(afterFailures: .max, of: "x", attempt: .max, seed: .max) == .waitLimit)
  }

  @Test func `jitter takes away no more than its share, and spreads evenly`() {
    let backoff = Backoff(initial: .seconds(100), factor: 2, limit: .seconds(100), jitter: 0.5)
    let waits = (0..<4000).map { seed in
      backoff.wait(afterFailures: 1, of: "x", attempt: 1, seed: UInt64(seed)).seconds
    }
    #expect(waits.allSatisfy { $0 >= 50 && $0 <= 100 })
    // The mean of 4,000 uniform values on [50, 100] has a standard deviation of 0.23; the seeds are
    // fixed, and seven deviations have a false-alarm rate of 3·10⁻¹².
    let mean = waits.reduce(0, +) / 4000
    #expect(abs(mean - 75) < 1.6)
  }

  @Test func `the wait follows from seed, task and attempt alone, and differs with each`() {
    let backoff = Backoff(initial: .seconds(100), factor: 1, limit: .seconds(100), jitter: 1)
    func wait(_ task: TaskID, _ attempt: Int, _ seed: UInt64) -> Duration {
      backoff.wait(afterFailures: 1, of: task, attempt: attempt, seed: seed)
    }
    #expect(wait("x", 1, 1) == wait("x", 1, 1))
    #expect(Set([wait("x", 1, 1), wait("y", 1, 1), wait("x", 2, 1), wait("x", 1, 2)]).count == 4)
  }
}
