internal import MoiraModel
internal import MoiraRelay

/// One part's end of its lanes to the others.
struct AgentLane: Lane {
  let key: OrderKey
  let agent: AgentService

  func send(_ message: [UInt8], to party: PartyID) async throws(Failure) {
    do {
      try await agent.send(message, from: key, to: party)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure.cancelledPart
    }
  }

  func receive(from sender: PartyID?) async throws -> (from: PartyID, bytes: [UInt8]) {
    let number = Mailbox.nextNumber()
    let letter = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        Task {
          await agent.receive(
            at: key, .init(number: number, sender: sender, continuation: continuation))
        }
      }
    } onCancel: {
      Task { await agent.cancel(number, at: key) }
    }
    await agent.taken(letter, at: key)
    return (letter.from, letter.bytes)
  }

  func close() async { await agent.close(key) }
}
