import MoiraModel
import MoiraRelay
import MoiraSchedule

/// A job of a few tasks in each of which clients and an arbiter exchange sums.
struct SimulatedJob {
  let id: JobID
  let shape: JobShape
  let tasks: [SimulatedTask]
  /// Seat by seat, its party.
  let seats: [PartyID: PartyID]
  let submitted: Int64
  let stopped: Int64?
  let refusing: Set<PartyID>
  /// `wait_for_party`.
  let wait: Duration

  var members: [PartyID] { Set(seats.values).sorted() }
  /// Nobody refuses, nobody stops it, and every party is waited for until the faults are over.
  var mustSucceed: Bool { refusing.isEmpty && stopped == nil && wait > .seconds(100) }

  init(_ number: Int, _ parties: [PartyID], _ generator: inout SeededGenerator) throws {
    let id = JobID("j\(number)")
    self.id = id
    let arbiter = parties[.random(in: 0..<parties.count, using: &generator)]
    let second = PartyID("\(arbiter)-arbiter")
    let hasSeat = parties.count == 2 || generator.chance(0.5)
    let seat = hasSeat ? second : arbiter
    let clients = hasSeat ? parties : parties.filter { $0 != arbiter }
    var tasks: [SimulatedTask] = []
    for place in 0..<(generator.chance(0.5) ? 1 : Int.random(in: 2...3, using: &generator)) {
      tasks.append(SimulatedTask(place, number, clients, seat, &generator))
    }
    self.tasks = tasks
    var seats = Dictionary(uniqueKeysWithValues: clients.map { ($0, $0) })
    seats[seat] = arbiter
    self.seats = seats
    submitted = .random(in: 0...2000, using: &generator)
    stopped = generator.chance(0.08) ? .random(in: 100...4000, using: &generator) : nil
    let refuser = parties.randomElement(using: &generator)
    refusing = generator.chance(0.06) ? Set([refuser ?? "a"]) : []
    wait = generator.chance(0.12) ? .seconds(2) : .seconds(3600)
    shape = try JobShape(
      id: id, tasks: tasks.map(\.shape), parallelism: .random(in: 1...2, using: &generator),
      seed: generator.next())
  }

  /// What each part of each task must make: the sums in closed form, without messages.
  func expected() -> [TaskID: [PartyID: UInt64]] {
    var made: [TaskID: [PartyID: UInt64]] = [:]
    for task in tasks {
      func input(_ seat: PartyID) -> UInt64 {
        task.shape.needs.reduce(0) { $0 &+ (made[$1]?[seat] ?? 0) }
      }
      let total = (0..<task.rounds).reduce(UInt64(0)) { sum, round in
        task.clients.reduce(sum) { $0 &+ task.value(of: $1, round: round) &+ input($1) }
      }
      var outputs = Dictionary(uniqueKeysWithValues: task.clients.map { ($0, total &+ input($0)) })
      outputs[task.arbiter] = total &* 3 &+ input(task.arbiter)
      made[task.id] = outputs
    }
    return made
  }
}

struct SimulatedTask {
  let id: TaskID
  let job: Int
  let clients: [PartyID]
  let arbiter: PartyID
  let rounds: Int
  /// Letters of one message from a client to the arbiter.
  let pieces: Int
  /// How much of the room of a lane's end each letter takes.
  let pieceBytes: Int
  let shape: TaskShape
  /// Who fails in which attempts, in its second step.
  let flaky: (party: PartyID, attempts: ClosedRange<Int>)?

  init(
    _ place: Int, _ job: Int, _ clients: [PartyID], _ arbiter: PartyID,
    _ generator: inout SeededGenerator
  ) {
    id = TaskID("t\(place)")
    self.job = job
    self.clients = clients
    self.arbiter = arbiter
    let isLong = generator.chance(0.04)
    rounds = isLong ? 2 : .random(in: 1...2, using: &generator)
    pieces =
      isLong ? .random(in: 17...40, using: &generator) : .random(in: 1...3, using: &generator)
    pieceBytes = generator.chance(0.2) ? 48 << 20 : 1 << 10
    let isFlaky = generator.chance(0.2)
    let party = (clients + [arbiter]).randomElement(using: &generator) ?? arbiter
    flaky = isFlaky ? (party, 1...Int.random(in: 1...2, using: &generator)) : nil
    let needs = (0..<place).map { TaskID("t\($0)") }.filter { _ in generator.chance(0.7) }
    shape = TaskShape(
      id: id, parties: clients + [arbiter], needs: needs,
      policy: TaskPolicy(retries: 2, cacheable: generator.chance(0.1)))
  }

  func value(of party: PartyID, round: Int) -> UInt64 {
    let name = party.text.utf8.reduce(UInt64(job)) { $0 &* 31 &+ UInt64($1) }
    return mix64(name &* 1000 &+ UInt64(round)) ^ UInt64(pieces)
  }
}
