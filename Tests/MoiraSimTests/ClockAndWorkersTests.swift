import MoiraModel
import MoiraRuntime
import MoiraSim
import Synchronization
import Testing

@Suite struct ManualClockTests {
  @Test("Sleepers are woken when their moment comes, and not before")
  func order() async throws {
    let clock = ManualClock(Instant(milliseconds: 500))
    let sleepers = [300, 100, 200].map { (wait: Int64) in
      Task {
        try await clock.sleep(until: Instant(milliseconds: 500 + wait))
        return clock.now().milliseconds
      }
    }
    await clock.sleepers(3)
    #expect(clock.alarms.map(\.milliseconds) == [600, 700, 800])
    clock.advance(by: .milliseconds(99))
    #expect(clock.alarms.count == 3)
    clock.advance(by: .milliseconds(1))
    #expect(try await sleepers[1].value == 600)
    #expect(clock.alarms.count == 2)
    clock.advanceToNextAlarm()
    #expect(try await sleepers[2].value == 700)
    clock.advanceToNextAlarm()
    #expect(try await sleepers[0].value == 800)
    #expect(clock.now() == Instant(milliseconds: 800))
    clock.advanceToNextAlarm()
    #expect(clock.now() == Instant(milliseconds: 800))
  }

  @Test("A moment that has passed is not slept for")
  func past() async throws {
    let clock = ManualClock(Instant(milliseconds: 500))
    try await clock.sleep(until: Instant(milliseconds: 500))
    try await clock.sleep(until: Instant(milliseconds: 0))
  }

  @Test("A sleeper that is cancelled throws, before or after it lay down")
  func cancelled() async throws {
    let clock = ManualClock()
    for round in 0..<100 {
      let task = Task { try await clock.sleep(until: Instant(milliseconds: 10)) }
      if round % 2 == 0 { await clock.sleepers(1) }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(clock.alarms.isEmpty)
    }
  }
}

@Suite struct SystemClockTests {
  @Test("A moment that has passed is not slept for, and a far one can be given up")
  func sleeping() async throws {
    let clock = SystemClock()
    try await clock.sleep(until: clock.now())
    let task = Task { try await clock.sleep(until: clock.now() + .seconds(1_000_000)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite struct ThreadsTests {
  @Test("Each iteration is carried out once", arguments: [1, 2, 3, 16], [0, 1, 2, 1000])
  func each(_ count: Int, _ iterations: Int) {
    let calls = Mutex([Int](repeating: 0, count: iterations))
    Workers.threads(count).each(iterations) { index in calls.withLock { $0[index] += 1 } }
    #expect(calls.withLock { $0 } == [Int](repeating: 1, count: iterations))
  }

  @Test("No more threads than asked for are at work at the same time")
  func bound() {
    let atWork = Mutex((now: 0, most: 0))
    Workers.threads(2).each(200) { _ in
      atWork.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      atWork.withLock { $0.now -= 1 }
    }
    #expect(atWork.withLock { $0.most } <= 2)
  }
}
