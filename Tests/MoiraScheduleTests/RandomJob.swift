import MoiraModel
import MoiraSchedule

/// What will become of a task, decided before the job begins.
struct Fate {
  enum Outcome {
    case success([ArtifactReference])
    case failure(Failure)
    /// Works until it is cancelled or its time is up.
    case silence
  }

  /// How one failing attempt goes.
  enum Trouble: CaseIterable {
    /// One party fails, and the others notice.
    case failure
    /// One party fails for good.
    case lasting
    /// Nobody reports; only with a timeout.
    case silence
  }

  let parties: [PartyID]
  let reuse: [PartyID: [ArtifactReference]]?
  let outputs: [PartyID: [ArtifactReference]]
  /// What befalls the attempts, in order of those that count; the rest succeed.
  let troubles: [Trouble]
  /// Who fails in them.
  let culprit: PartyID

  func outcome(of party: PartyID, afterFailures failures: Int) -> Outcome {
    guard failures < troubles.count else { return .success(outputs[party] ?? []) }
    let trouble = troubles[failures]
    if trouble == .silence { return .silence }
    if party == culprit {
      let lasting = trouble == .lasting
      let code = Self.code(trouble, failures)
      return .failure(Failure(code, "it went wrong", isTransient: !lasting))
    }
    // Of the others, some notice first, some are done already, and some wait for messages.
    switch mix64(UInt64(failures) &+ UInt64(party.text.utf8.last ?? 0)) % 3 {
    case 0: return .failure(Failure("peer-failed", "'\(culprit)' is gone", isTransient: true))
    case 1: return .success([])
    default: return .silence
    }
  }

  static func code(_ trouble: Trouble, _ failures: Int) -> String {
    switch trouble {
    case .failure: "trouble-\(failures)"
    case .lasting: "lasting-\(failures)"
    case .silence: "task-timeout"
    }
  }

  /// The failures that the task must end up with, by code, and whether the last one ends it.
  func expected(_ policy: TaskPolicy) -> (codes: [String], fails: Bool) {
    var codes: [String] = []
    for (index, trouble) in troubles.enumerated() {
      codes.append(Self.code(trouble, index))
      if trouble == .lasting || codes.count > policy.retries { return (codes, true) }
    }
    return (codes, false)
  }
}

/// A job of up to a dozen tasks, and the fate of each.
struct RandomJob {
  let shape: JobShape
  let fates: [TaskID: Fate]

  /// - Parameters:
  ///   - trouble: The chance of a trouble, and of one more after each.
  ///   - fragile: The share of tasks that are not restartable.
  init(seed: UInt64, trouble: Double = 0.3, fragile: Double = 0) throws {
    var generator = SeededGenerator(seed: seed)
    var tasks: [TaskShape] = []
    var fates: [TaskID: Fate] = [:]
    for index in 0..<Int.random(in: 1...12, using: &generator) {
      let needs = tasks.map(\.id).filter { _ in generator.unit() < 0.25 }
      let task = Self.task(TaskID("t\(index)"), needs, fragile, &generator)
      fates[task.id] = Self.fate(of: task, trouble, &generator)
      tasks.append(task)
    }
    let parallelism = Int.random(in: 1...5, using: &generator)
    shape = try JobShape(id: "j", tasks: tasks, parallelism: parallelism, seed: seed)
    self.fates = fates
  }

  private static func task(
    _ id: TaskID, _ needs: [TaskID], _ fragile: Double, _ generator: inout SeededGenerator
  ) -> TaskShape {
    let everyone: [PartyID] = ["a", "b", "c", "d"]
    let parties = everyone.shuffled(using: &generator)
      .prefix(.random(in: 1...4, using: &generator))
    return TaskShape(
      id: id, parties: Array(parties), needs: needs,
      policy: TaskPolicy(
        retries: .random(in: 0...2, using: &generator),
        backoff: Backoff(initial: .seconds(1), factor: 2, limit: .seconds(60), jitter: 0.5),
        timeout: Bool.random(using: &generator) ? .seconds(100) : nil,
        priority: .random(in: -1...1, using: &generator),
        cacheable: Bool.random(using: &generator), restartable: generator.unit() >= fragile))
  }

  private static func fate(
    of task: TaskShape, _ chance: Double, _ generator: inout SeededGenerator
  ) -> Fate {
    var troubles: [Fate.Trouble] = []
    while generator.unit() < chance {
      let trouble = Fate.Trouble.allCases.randomElement(using: &generator) ?? .failure
      troubles.append(trouble == .silence && task.policy.timeout == nil ? .failure : trouble)
    }
    let outputs = task.parties.map { ($0, [artifact("\(task.id)-\($0)")]) }
    let made = Dictionary(uniqueKeysWithValues: outputs)
    let hit = task.policy.cacheable && generator.unit() < 0.3
    return Fate(
      parties: task.parties, reuse: hit ? made : nil, outputs: made, troubles: troubles,
      culprit: task.parties.randomElement(using: &generator) ?? "a")
  }

  /// What the job must come to, worked out from the fates alone, task by task.
  var expected: [TaskID: (state: TaskState, codes: [String])] {
    var result: [TaskID: (state: TaskState, codes: [String])] = [:]
    for task in shape.tasks {
      guard let fate = fates[task.id] else { continue }
      let (codes, fails) = fate.expected(task.policy)
      if !task.needs.allSatisfy({ result[$0]?.state.hasOutputs == true }) {
        result[task.id] = (.skipped, [])
      } else if fate.reuse != nil {
        result[task.id] = (.reused, [])
      } else {
        result[task.id] = (fails ? .failed : .succeeded, codes)
      }
    }
    return result
  }
}
