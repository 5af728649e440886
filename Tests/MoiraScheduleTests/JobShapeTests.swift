import Foundation
import MoiraModel
import MoiraSchedule
import Testing

@Suite struct JobShapeTests {
  static let refused: [(JobShapeError, [TaskShape])] = [
    (.duplicateTask("x"), [TaskShape("x"), TaskShape("x")]),
    (.noParties("x"), [TaskShape("x", [])]),
    (.duplicateParty("x", "b"), [TaskShape("x", ["a", "b", "b"])]),
    (.duplicateNeed("y", "x"), [TaskShape("x"), TaskShape("y", needs: ["x", "x"])]),
    (.needNotBefore("x", "x"), [TaskShape("x", needs: ["x"])]),
    (.needNotBefore("x", "nobody"), [TaskShape("x", needs: ["nobody"])]),
    (.needNotBefore("x", "y"), [TaskShape("x", needs: ["y"]), TaskShape("y", needs: ["x"])]),
    (.retriesOutOfRange("x", -1), [TaskShape("x", policy: .init(retries: -1))]),
    (.retriesOutOfRange("x", 1001), [TaskShape("x", policy: .init(retries: 1001))]),
    (.timeoutOutOfRange("x"), [TaskShape("x", policy: .init(timeout: .zero))]),
    (.timeoutOutOfRange("x"), [TaskShape("x", policy: .init(timeout: .seconds(-1)))]),
    (.timeoutOutOfRange("x"), [TaskShape("x", policy: .init(timeout: .seconds(Int64.max)))]),
  ]

  @Test(arguments: refused)
  func `tasks that make no job are refused with the reason`(
    error: JobShapeError, tasks: [TaskShape]
  ) {
    #expect(throws: error) { try JobShape(id: "j", tasks: tasks, parallelism: 1, seed: 0) }
  }

  @Test(arguments: [
    Backoff(initial: .seconds(-1), factor: 2, limit: .seconds(1), jitter: 0),
    Backoff(initial: .seconds(1), factor: 0.5, limit: .seconds(1), jitter: 0),
    Backoff(initial: .seconds(1), factor: .nan, limit: .seconds(1), jitter: 0),
    Backoff(initial: .seconds(1), factor: .infinity, limit: .seconds(1), jitter: 0),
    Backoff(initial: .seconds(1), factor: 2, limit: .seconds(Int64.max), jitter: 0),
    Backoff(initial: .seconds(1), factor: 2, limit: .seconds(1), jitter: 1.5),
    Backoff(initial: .seconds(1), factor: 2, limit: .seconds(1), jitter: .nan),
  ])
  func `a back-off without sense is refused`(backoff: Backoff) {
    let tasks = [TaskShape("x", policy: .init(retries: 1, backoff: backoff))]
    #expect(throws: JobShapeError.backoffOutOfRange("x")) {
      try JobShape(id: "j", tasks: tasks, parallelism: 1, seed: 0)
    }
  }

  @Test(arguments: [0, -3, Int.min])
  func `a job without a place to run in is refused`(parallelism: Int) {
    #expect(throws: JobShapeError.parallelismBelowOne(parallelism)) {
      try JobShape(id: "j", tasks: [], parallelism: parallelism, seed: 0)
    }
  }

  @Test func `more tasks than the limit are refused`() {
    let tasks = (0...JobShape.taskLimit).map { TaskShape(TaskID("t\($0)")) }
    #expect(throws: JobShapeError.tooManyTasks(100_001)) {
      try JobShape(id: "j", tasks: tasks, parallelism: 1, seed: 0)
    }
  }

  @Test func `a shape is the same after JSON`() throws {
    let policy = TaskPolicy(
      retries: 3, backoff: plainBackoff, timeout: .milliseconds(1500), priority: -2,
      cacheable: true, restartable: false)
    let tasks = [TaskShape("x", ["a", "b"], policy: policy), TaskShape("y", needs: ["x"])]
    let shape = try JobShape(id: "j", tasks: tasks, parallelism: 2, seed: .max)
    let text = try JSONEncoder().encode(shape)
    #expect(try JSONDecoder().decode(JobShape.self, from: text) == shape)
    #expect(shape.tasks[0].policy.timeout == .milliseconds(1500))
  }

  @Test func `a cycle is refused when it comes from a journal too`() {
    let policy = """
      {"retries": 0, "priority": 0, "cacheable": false, "restartable": true, "backoff":
      {"initialMilliseconds": 1, "limitMilliseconds": 1, "factor": 1, "jitter": 0}}
      """
    let text = """
      {"id": "j", "parallelism": 1, "seed": 1,
       "tasks": [{"id": "x", "parties": ["a"], "needs": ["x"], "policy": \(policy)}]}
      """
    #expect(throws: JobShapeError.needNotBefore("x", "x")) {
      try JSONDecoder().decode(JobShape.self, from: Data(text.utf8))
    }
  }

  static let words: [(JobShapeError, String)] = [
    (.parallelismBelowOne(0), "the parallelism must be at least 1, but is 0"),
    (.tooManyTasks(100_001), "a job has at most 100000 tasks, but this one has 100001"),
    (.duplicateTask("x"), "two tasks are called 'x'"),
    (.noParties("x"), "'x' has no party"),
    (.duplicateParty("x", "a"), "'x' names 'a' twice"),
    (.duplicateNeed("x", "y"), "'x' needs 'y' twice"),
    (.needNotBefore("x", "y"), "'x' needs 'y', but no task of that name comes before it"),
    (.retriesOutOfRange("x", -1), "'x' must have 0 to 1000 retries, but has -1"),
    (
      .backoffOutOfRange("x"),
      "the back-off of 'x' must have waits of 0 to 366 days, a factor of at least 1 and a jitter"
        + " of 0 to 1"
    ),
    (.timeoutOutOfRange("x"), "the timeout of 'x' must be at least 1 ms and at most 366 days"),
  ]

  @Test(arguments: words) func `each refusal has its words`(error: JobShapeError, text: String) {
    #expect("\(error)" == text)
  }
}
