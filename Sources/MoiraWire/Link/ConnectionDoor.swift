internal import MoiraModel
internal import NIOCore
import Synchronization

/// Counts the connections of a hub, and ends those that do not come to the point.
///
/// Nobody is known before the handshake is over, so nobody can be told apart: when too many are in it,
/// the one that has been longest must go. An honest one takes some milliseconds.
final class ConnectionDoor: Sendable {
  let bounds: ConnectionBounds
  private let state = Mutex(State())
  private let note: @Sendable (Failure) -> Void

  fileprivate struct State {
    var last: UInt64 = 0
    var isClosed = false
    var open: [UInt64: any Channel] = [:]
    /// Those in their handshake, the oldest first by number.
    var handshakes: [UInt64: any Channel] = [:]
    /// From here on the oldest one is looked for.
    var oldest: UInt64 = 0
  }

  /// - Parameter note: told of every connection that is not let in.
  init(_ bounds: ConnectionBounds, note: @escaping @Sendable (Failure) -> Void) {
    self.bounds = bounds
    self.note = note
  }

  func refuse(_ failure: Failure) { note(failure) }

  /// The first handler of a connection: it lets it in, or turns it away.
  func guest(_ channel: any Channel) -> DoorGuest {
    let (number, tooLong) = state.withLock { state -> (UInt64?, (any Channel)?) in
      if state.isClosed || state.open.count >= bounds.connections { return (nil, nil) }
      state.last += 1
      state.open[state.last] = channel
      state.handshakes[state.last] = channel
      let isFull = state.handshakes.count > bounds.handshakes
      return (state.last, isFull ? state.removeOldest() : nil)
    }
    if let tooLong { DoorGuest.end(tooLong) }
    if number == nil, !state.withLock({ $0.isClosed }) {
      note(
        Failure(
          "connection-limit", "the hub has \(bounds.connections) connections, and takes no more"))
    }
    return DoorGuest(number, of: self)
  }

  func hasShakenHands(_ number: UInt64) {
    state.withLock { _ = $0.handshakes.removeValue(forKey: number) }
  }

  func leave(_ number: UInt64) {
    state.withLock { state in
      state.handshakes[number] = nil
      state.open[number] = nil
    }
  }

  /// How long those who are known may take to go when the door is closed.
  static let grace = Duration.seconds(1)

  /// Lets nobody in any more. Who has not said who they are goes at once, the others in a while.
  func close() {
    let (strangers, known) = state.withLock { state in
      state.isClosed = true
      return (state.handshakes, state.open.filter { state.handshakes[$0.key] == nil })
    }
    for channel in strangers.values { DoorGuest.end(channel) }
    for channel in known.values {
      channel.eventLoop.scheduleTask(in: TimeAmount(Self.grace)) { DoorGuest.end(channel) }
    }
  }

  static let unfinished = Failure(
    "handshake-unfinished", "a connection ended before TLS 1.3 with certificates was agreed on")
}

extension ConnectionDoor.State {
  fileprivate mutating func removeOldest() -> (any Channel)? {
    while oldest < last {
      oldest += 1
      if let channel = handshakes.removeValue(forKey: oldest) { return channel }
    }
    return nil
  }
}

/// The first handler of a connection: ends it when its handshake takes too long, past TLS, which would
/// wait for an answer.
final class DoorGuest: ChannelInboundHandler, @unchecked Sendable {
  // @unchecked: touched on the connection's own loop alone.
  typealias InboundIn = NIOAny

  /// Nil for one that is turned away.
  private let number: UInt64?
  private let door: ConnectionDoor
  private var deadline: Scheduled<Void>?
  private var isKnown = false

  init(_ number: UInt64?, of door: ConnectionDoor) {
    self.number = number
    self.door = door
  }

  /// Ends a connection at once, from any thread.
  static func end(_ channel: any Channel) {
    channel.eventLoop.execute {
      guard let context = try? channel.pipeline.syncOperations.context(handlerType: DoorGuest.self)
      else { return }
      context.close(promise: nil)
    }
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    if number == nil { return Self.end(channel) }
    deadline = context.eventLoop.scheduleTask(in: TimeAmount(door.bounds.handshakeWait)) {
      Self.end(channel)
    }
  }

  func hasShakenHands() {
    deadline?.cancel()
    deadline = nil
    isKnown = true
    if let number { door.hasShakenHands(number) }
  }

  /// The pipeline of a connection that is closed is taken apart: this comes once, however it ended.
  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    guard let number else { return }
    if !isKnown { door.refuse(ConnectionDoor.unfinished) }
    door.leave(number)
  }
}
