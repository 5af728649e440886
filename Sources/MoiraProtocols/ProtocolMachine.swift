public import MoiraModel

/// One party's side of a protocol, without any input or output of its own.
///
/// A driver sends what `start` and `receive` hand back, and calls `receive` for each message that
/// comes, until a step finishes. A machine that has thrown is of no more use. Machines that hold
/// secrets cannot be copied.
public protocol ProtocolMachine: ~Copyable, Sendable {
  associatedtype Message: WireMessage
  associatedtype Output: Sendable

  /// What to send before anything comes in. Called once.
  mutating func start() -> [Outbound<Message>]

  /// Takes in one message.
  ///
  /// - Parameter sender: Who sent it, as the transport vouches for it.
  mutating func receive(
    _ message: Message, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<Message, Output>
}

/// A message and whom it is for.
public struct Outbound<Message: WireMessage>: Sendable {
  public let recipient: PartyID
  public let message: Message

  public init(to recipient: PartyID, _ message: Message) {
    self.recipient = recipient
    self.message = message
  }
}

/// What is to be done after a message.
public enum Step<Message: WireMessage, Output: Sendable>: Sendable {
  /// Nothing, until more comes in.
  case wait
  case send([Outbound<Message>])
  /// The side is done, once these last messages are sent.
  case finish(Output, sending: [Outbound<Message>] = [])
}
