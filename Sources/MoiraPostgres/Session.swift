import Dispatch
import Foundation

/// One connection's place: opens it when it is needed and again when it broke, on a thread that waits
/// for the network and does nothing else.
actor Session {
  private let address: DatabaseAddress
  private let bounds: ConnectionBounds
  private nonisolated let executor: QueueExecutor
  private var connection: Connection?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ address: DatabaseAddress, bounds: ConnectionBounds) {
    self.address = address
    self.bounds = bounds
    executor = QueueExecutor("moira.database")
  }

  /// Carries out what does no harm when it is done twice: a reading, or one statement that is.
  ///
  /// - Parameter patience: how long to go on trying after a connection broke.
  func repeatable<Value: Sendable>(
    patience: Duration, _ body: @Sendable (Connection) throws -> Value
  ) throws -> Value {
    try persist(patience) { try body($0) }
  }

  /// One transaction, carried out once: where the answer to its commit is lost, the server is asked
  /// how it ended before it is tried again.
  ///
  /// - Parameter token: gives what the transaction must prove, at each try.
  /// - Throws: `LeaseTaken`, `CommitUnknown`, what `token` and `body` throw.
  func transaction<Value: Sendable>(
    patience: Duration, proving token: @Sendable () throws -> Int64?,
    _ body: @Sendable (Connection) throws -> Value
  ) throws -> Value {
    var doubt: (transaction: String, value: Value)?
    do {
      return try persist(patience) { connection in
        if let (transaction, value) = doubt {
          if try connection.outcome(of: transaction) == .committed { return value }
          doubt = nil
        }
        let token = try token()
        let (transaction, value) = try open(connection, token, body)
        do {
          try connection.commit()
        } catch let fault as DatabaseFault where fault.endsConnection {
          doubt = (transaction, value)
          throw fault
        }
        return value
      }
    } catch let fault as DatabaseFault where doubt != nil {
      throw CommitUnknown(fault: fault)
    }
  }

  /// A transaction up to its commit; undone if anything is thrown.
  private func open<Value>(
    _ connection: Connection, _ token: Int64?, _ body: (Connection) throws -> Value
  ) throws -> (transaction: String, value: Value) {
    do {
      let transaction = try connection.begin(proving: token)
      return (transaction, try body(connection))
    } catch {
      do throws(DatabaseFault) {
        if connection.isOpen { try connection.rollBack() }
      } catch {
        self.connection = nil
      }
      throw error
    }
  }

  /// Tries until it succeeds, fails for good, or the time is over.
  private func persist<Value>(
    _ patience: Duration, _ attempt: (Connection) throws -> Value
  ) throws -> Value {
    var pauses = Backoff(for: patience)
    while true {
      do {
        return try attempt(try connect())
      } catch let fault as DatabaseFault where fault.mayPass {
        if fault.endsConnection { connection = nil }
        guard pauses.wait() else { throw fault }
      }
    }
  }

  private func connect() throws -> Connection {
    if let connection, connection.isOpen { return connection }
    connection = nil
    let new = try Connection(address, bounds: bounds)
    try new.prepareSession(at: address.place)
    connection = new
    return new
  }
}

/// The pauses between tries: none, then 20 ms, then twice as long up to a second, each shortened at
/// random so that not all come back at once.
struct Backoff {
  private static let first: Duration = .milliseconds(20)
  private static let longest: Duration = .seconds(1)

  private let end: ContinuousClock.Instant
  private var pause: Duration = .zero

  init(for patience: Duration) { end = .now + patience }

  /// Waits, on the caller's own thread.
  ///
  /// - Returns: false when the time is over.
  mutating func wait() -> Bool {
    guard ContinuousClock.now + pause < end else { return false }
    if pause > .zero {
      Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000 * .random(in: 0.5...1))
    }
    pause = min(max(pause * 2, Self.first), Self.longest)
    return true
  }
}

/// Runs an actor on a queue of its own, so that it may block.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(_ label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
