import Synchronization

/// What waits to be written to one connection, in order. Letters over a bound are dropped: their
/// sender keeps them, and sends them again.
public final class OutgoingMessages<Message: Sendable>: Sendable {
  /// Bytes of letters that may wait for one connection.
  public static var bound: Int { 64 << 20 }
  /// Messages of all kinds that may wait for one connection. Whoever does not read that many is cut off:
  /// with its next connection it is told what is still open.
  public static var countBound: Int { 200_000 }

  private let stream: AsyncStream<(message: Message, bytes: Int)>
  private let continuation: AsyncStream<(message: Message, bytes: Int)>.Continuation
  private let waiting = Atomic<Int>(0)
  private let count = Atomic<Int>(0)

  public init() { (stream, continuation) = AsyncStream.makeStream() }

  /// Puts a message at the end.
  ///
  /// - Parameter bytes: that count against the bound; 0 for what must not be dropped.
  /// - Returns: whether it was taken.
  @discardableResult public func add(_ message: Message, bytes: Int = 0) -> Bool {
    if bytes > 0, waiting.load(ordering: .relaxed) + bytes > Self.bound { return false }
    guard count.load(ordering: .relaxed) < Self.countBound else { return false }
    waiting.add(bytes, ordering: .relaxed)
    count.add(1, ordering: .relaxed)
    continuation.yield((message, bytes))
    return true
  }

  public func end() { continuation.finish() }

  /// Hands each message to `write`, until the end; for one caller.
  public func drain(_ write: (Message) async throws -> Void) async throws {
    for await item in stream {
      waiting.subtract(item.bytes, ordering: .relaxed)
      count.subtract(1, ordering: .relaxed)
      try await write(item.message)
    }
  }
}
