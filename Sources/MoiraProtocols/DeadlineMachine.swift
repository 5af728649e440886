/// A machine that may go on without those who are silent.
public protocol DeadlineMachine: ProtocolMachine, ~Copyable {
  /// Nothing has come for as long as is waited.
  ///
  /// - Throws: If it cannot go on without those it still waits for, naming them.
  mutating func deadline() throws -> Step<Message, Output>
}
