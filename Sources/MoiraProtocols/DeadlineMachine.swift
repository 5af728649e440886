/// A machine that may go on without those who are silent.
public protocol DeadlineMachine: ProtocolMachine, ~Copyable {
  /// Which step it is in: a driver gives each step its time anew.
  var step: Int { get }

  /// The time for the step is over.
  ///
  /// - Throws: If it cannot go on without those it still waits for, naming them.
  mutating func deadline() throws -> Step<Message, Output>
}
