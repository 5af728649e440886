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
    let step: Step<Machine.Message, Machine.Output>
    do {
      step = try machine.receive(message, from: sender)
    } catch {
      throw error.failure
    }
    switch step {
    case .wait: continue
    case .send(let messages):
      for message in messages { try await task.send(message.message, to: message.recipient) }
    case .finish(let output, let messages):
      for message in messages { try await task.send(message.message, to: message.recipient) }
      return output
    }
  }
}

private func next<Message: WireMessage>(
  _ type: Message.Type, from peer: PartyID?, in task: some TaskContext
) async throws -> (PartyID, Message) {
  if let peer { return (peer, try await task.receive(type, from: peer)) }
  return try await task.receive(type)
}
