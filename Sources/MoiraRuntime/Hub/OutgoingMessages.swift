import Synchronization

/// What waits to be written to one connection, in order. Letters over a bound are dropped: their
/// sender keeps them, and sends them again.
public final class OutgoingMessages<Message: Sendable>: Sendable {
  /// Bytes of letters that may wait for one connection.
  public static var bound: Int { 64 << 20 }
  /// Messages of all kinds that may wait for one connection. Whoever does not read that many is cut off:
  /// with its next connection it is told what is still open.
  public static var countBound: Int { 200_000 }
  /// What is written at once: so many messages, or the first with which it is so many bytes of letters.
  private static var batch: (count: Int, bytes: Int) { (64, 1 << 20) }

  private struct Waiting {
    /// From `first` on; what was taken is let go at once.
    var messages: [(message: Message, bytes: Int)?] = []
    var first = 0
    var bytes = 0
    var isOver = false

    var count: Int { messages.count - first }
  }

  private let waiting = Mutex(Waiting())
  /// One signal stands for all that waits.
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  public init() {
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Puts a message at the end.
  ///
  /// - Parameter bytes: that count against the bound; 0 for what must not be dropped.
  /// - Returns: whether it was taken.
  @discardableResult public func add(_ message: Message, bytes: Int = 0) -> Bool {
    let wasEmpty: Bool? = waiting.withLock { waiting in
      if waiting.isOver || waiting.count >= Self.countBound { return nil }
      if bytes > 0, waiting.bytes + bytes > Self.bound { return nil }
      waiting.bytes += bytes
      waiting.messages.append((message, bytes))
      return waiting.count == 1
    }
    if wasEmpty == true { signal.yield() }
    return wasEmpty != nil
  }

  public func end() {
    waiting.withLock { $0.isOver = true }
    signal.finish()
  }

  /// Hands what waits to `write`, as much as may be written at once, until the end; for one caller.
  public func drain(_ write: ([Message]) async throws -> Void) async throws {
    for await _ in signals {
      while let messages = take() { try await write(messages) }
    }
  }

  private func take() -> [Message]? {
    waiting.withLock { waiting in
      guard waiting.count > 0 else { return nil }
      var (messages, bytes): ([Message], Int) = ([], 0)
      while waiting.count > 0, messages.count < Self.batch.count, bytes < Self.batch.bytes {
        let next = waiting.messages[waiting.first].take()
        waiting.first += 1
        bytes += next?.bytes ?? 0
        if let next { messages.append(next.message) }
      }
      waiting.bytes -= bytes
      if waiting.count == 0 || waiting.first >= 1024 {
        waiting.messages.removeFirst(waiting.first)
        waiting.first = 0
      }
      return messages
    }
  }
}
