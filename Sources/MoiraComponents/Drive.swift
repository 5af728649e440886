internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Connects one side of a protocol to the task's lane until it has its output.
///
/// - Parameter peer: the only party to hear, while messages of others wait; nil to hear all.
/// - Throws: `protocol-violation`, naming the sender and the rule.
func drive<Machine: ProtocolMachine & ~Copyable>(
  _ machine: consuming Machine, with peer: PartyID? = nil, in task: some TaskContext
) async throws -> Machine.Output {
  var machine = machine
  for message in machine.start() { try await task.send(message.message, to: message.recipient) }
  while true {
    let (sender, message) = try await next(Machine.Message.self, from: peer, in: task)
    let step = try received(message, from: sender, by: &machine)
    if let output = try await carryOut(step, in: task) { return output }
  }
}

/// The same for a machine that goes on without those who are silent.
///
/// - Parameter patience: how long it is waited for the next message of anybody.
func drive<Machine: DeadlineMachine & ~Copyable>(
  _ machine: consuming Machine, patience: Duration, in task: some TaskContext
) async throws -> Machine.Output {
  var machine = machine
  for message in machine.start() { try await task.send(message.message, to: message.recipient) }
  while true {
    let step: Step<Machine.Message, Machine.Output>
    if let (sender, message) = try await task.receive(Machine.Message.self, within: patience) {
      step = try received(message, from: sender, by: &machine)
    } else {
      step = try machine.deadline()
    }
    if let output = try await carryOut(step, in: task) { return output }
  }
}

private func received<Machine: ProtocolMachine & ~Copyable>(
  _ message: Machine.Message, from sender: PartyID, by machine: inout Machine
) throws(Failure) -> Step<Machine.Message, Machine.Output> {
  do {
    return try machine.receive(message, from: sender)
  } catch {
    throw error.failure
  }
}

/// Sends what a step asks for; its output if it was the last.
private func carryOut<Message, Output>(
  _ step: Step<Message, Output>, in task: some TaskContext
) async throws -> Output? {
  switch step {
  case .wait: return nil
  case .send(let messages):
    for message in messages { try await task.send(message.message, to: message.recipient) }
    return nil
  case .finish(let output, let messages):
    for message in messages { try await task.send(message.message, to: message.recipient) }
    return output
  }
}

private func next<Message: WireMessage>(
  _ type: Message.Type, from peer: PartyID?, in task: some TaskContext
) async throws -> (PartyID, Message) {
  if let peer { return (peer, try await task.receive(type, from: peer)) }
  return try await task.receive(type)
}
