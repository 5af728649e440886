import GRPCCore
import GRPCNIOTransportHTTP2Posix
import MoiraModel
import MoiraRelay
import MoiraRuntime
import Synchronization

@testable import MoiraWire

/// An agent that says what it likes.
struct RawAgent {
  let address: HubAddress
  let member: SiegeMember

  init(_ member: SiegeMember, at hub: SiegeHub) {
    self.member = member
    address = hub.address
  }

  /// Says the frames, then what `react` says to what comes, until it returns false or the hub ends
  /// the stream.
  ///
  /// - Returns: why the hub ended it; nil if it gave no reason, or `react` ended it.
  func talk(
    _ frames: [Moira_V1_AgentFrame],
    react: @escaping @Sendable (HubMessage, _ say: (AgentMessage) -> Void) -> Bool = { _, _ in true
    }
  ) async -> Failure? {
    let (queue, say) = AsyncStream.makeStream(of: Moira_V1_AgentFrame.self)
    for frame in frames { say.yield(frame) }
    do {
      try await HubChannel(address, member.trust).call { client in
        try await Moira_V1_Link.Client(wrapping: client).connect(
          requestProducer: { writer in
            for await frame in queue { try await writer.write(frame) }
          },
          onResponse: { response in
            defer { say.finish() }
            for try await frame in response.messages {
              guard react(try frame.message(), { say.yield(Moira_V1_AgentFrame($0)) }) else {
                return
              }
            }
          })
      }
      return nil
    } catch let failure as Failure {
      return failure
    } catch {
      return Failure("other", "\(error)")
    }
  }

  func hello(
    version: UInt32 = Welcome.version, firstTold: UInt64 = 1, jobs: [JobID] = []
  ) -> AgentMessage {
    .hello(
      Hello(
        version: version, build: "siege", components: [:], slots: 8, memory: 1024, jobs: jobs,
        firstTold: firstTold))
  }

  /// Whether the hub lets the member in and speaks with it.
  func isWelcome() async -> Bool {
    let welcomed = Mutex(false)
    _ = await talk([Moira_V1_AgentFrame(hello())]) { message, _ in
      if case .welcome = message { welcomed.withLock { $0 = true } }
      return false
    }
    return welcomed.withLock { $0 }
  }
}
