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
    let letter = try await agent.receive(at: key, from: sender)
    return (letter.from, letter.bytes)
  }

  func close() async { await agent.close(key) }
}
