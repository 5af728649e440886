internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
internal import MoiraRelay
internal import MoiraRuntime
internal import SwiftASN1

/// The hub's end of the agents' streams.
struct LinkService: Moira_V1_Link.SimpleServiceProtocol {
  let hub: HubService
  let trust: MemberTrust
  let log: HubLog
  /// How long an agent may take to say hello.
  var helloWait = Duration.seconds(10)

  func connect(
    request: RPCAsyncSequence<Moira_V1_AgentFrame, any Error>,
    response: RPCWriter<Moira_V1_HubFrame>, context: ServerContext
  ) async throws {
    try await refusing(log, from: "an agent") {
      let member = try PeerIdentity.member(of: context, trust)
      try member.expected(.party)
      let reading = Reading(request.makeAsyncIterator())
      guard case .hello(let hello) = try await first(of: reading) else {
        throw Failure("frame-form", "the first message of an agent must be its hello")
      }
      let connection = try await hub.connect(PeerIdentity.entry(member, of: context), hello)
      log.connected(member.id, session: connection.session)
      await serve(connection, member, reading, response)
      let fault = await hub.disconnect(connection.session)
      log.disconnected(member.id, session: connection.session)
      if let fault { throw fault }
    }
  }

  /// A stream that says nothing is not held open.
  private func first(of reading: Reading) async throws -> AgentMessage? {
    let failure = Failure(
      "frame-form", "an agent must say hello within \(helloWait.components.seconds) seconds")
    return try await within(helloWait, orThrow: failure) { try await reading.next()?.message() }
  }

  /// Reads and writes until either side ends.
  private func serve(
    _ connection: HubService.Connection, _ member: Member, _ reading: Reading,
    _ response: RPCWriter<Moira_V1_HubFrame>
  ) async {
    let writing = Task { await write(connection, member, response) }
    defer { writing.cancel() }
    // The hub ends a connection by ending what goes out.
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await writing.value }
      group.addTask { await read(reading, connection.session, member) }
      await group.next()
      writing.cancel()
      group.cancelAll()
    }
  }

  private func write(
    _ connection: HubService.Connection, _ member: Member, _ response: RPCWriter<Moira_V1_HubFrame>
  ) async {
    do {
      try await connection.outgoing.drain { messages in
        // A member that was revoked gets nothing more either.
        try trust.check(member)
        try await response.write(contentsOf: messages.map { Moira_V1_HubFrame($0) })
      }
    } catch let failure as Failure {
      log.refused(failure, from: member.id.text)
    } catch {
      // The connection is cut; the agent dials again.
    }
  }

  private func read(_ reading: Reading, _ session: UInt64, _ member: Member) async {
    do {
      while let frame = try await reading.next() {
        try trust.check(member)
        let message = try frame.message()
        if case .hello = message {
          throw Failure("frame-form", "an agent says hello once, but '\(member.id)' said it again")
        }
        await hub.receive(message, session: session)
      }
    } catch let failure as Failure {
      log.refused(failure, from: member.id.text)
    } catch is FrameError {
      log.refused(
        Failure("frame-form", "a message is not of the form that hub and agents share"),
        from: member.id.text)
    } catch {
      // The connection is cut; the agent dials again.
    }
  }
}

/// The messages of one stream, for the one task that reads them.
private final class Reading: @unchecked Sendable {
  // @unchecked: handed to one child task, and touched by nobody else.
  private var frames: RPCAsyncSequence<Moira_V1_AgentFrame, any Error>.AsyncIterator

  init(_ frames: RPCAsyncSequence<Moira_V1_AgentFrame, any Error>.AsyncIterator) {
    self.frames = frames
  }

  func next() async throws -> Moira_V1_AgentFrame? { try await frames.next() }
}
