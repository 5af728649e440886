import Foundation
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import SwiftProtobuf
import Synchronization
import Testing

@testable import MoiraWire

@Suite("What a hostile agent says is refused by name, and the hub goes on", .timeLimit(.minutes(2)))
struct HostileAgentTests {
  private struct Scene {
    let consortium: SiegeConsortium
    let hub: SiegeHub
    let agent: RawAgent

    init(_ bounds: ConnectionBounds = ConnectionBounds()) async throws {
      consortium = try SiegeConsortium()
      hub = try await SiegeHub(consortium, bounds: bounds)
      agent = RawAgent(try consortium.member("hospital-a"), at: hub)
    }

    /// Says hello, all the messages, and then one that the hub answers.
    func say(_ messages: [AgentMessage]) async {
      _ = await agent.talk(
        ([agent.hello()] + messages + [.told(1, .ended(Scene.key, .lost))]).map {
          Moira_V1_AgentFrame($0)
        }
      ) { message, _ in
        if case .noted = message { return false }
        return true
      }
    }

    /// The hub is alive, and lets an honest agent in.
    func isAlive() async throws -> Bool {
      await RawAgent(try consortium.member("hospital-z"), at: hub).isWelcome()
    }

    /// The hub has noticed that the agent is gone.
    func isAway() async -> Bool {
      for _ in 0..<100_000 where await hub.hub.parties().map(\.isConnected) != [false] {
        await Task.yield()
      }
      return await hub.hub.parties().map(\.isConnected) == [false]
    }

    static let key = OrderKey(.init(task: "t", attempt: 1, party: "hospital-a"), of: "nojob")
    static let address = LaneAddress(
      job: "nojob", task: "t", attempt: 1, from: "hospital-a", to: "hospital-b")
  }

  @Test("A stream must begin with hello, of a version that the hub speaks")
  func hello() async throws {
    let scene = try await Scene()
    let agent = scene.agent
    #expect(await agent.talk([Moira_V1_AgentFrame(.beat)])?.code == "frame-form")
    #expect(await agent.talk([Moira_V1_AgentFrame()])?.code == "frame-form")
    let old = await agent.talk([Moira_V1_AgentFrame(agent.hello(version: 99))])
    #expect(old?.code == "hub-version")
    #expect(old?.message == "the agent speaks version 99 of the link, but the hub 1")
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("A stream that never says hello is ended")
  func silence() async throws {
    var bounds = ConnectionBounds()
    bounds.helloWait = .milliseconds(200)
    let scene = try await Scene(bounds)
    let failure = await scene.agent.talk([])
    #expect(failure?.code == "frame-form")
    #expect(failure?.message.hasPrefix("an agent must say hello within") == true)
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("A second hello, an empty frame, a telling of nothing end the stream")
  func malformed() async throws {
    let scene = try await Scene()
    let agent = scene.agent
    let told = Moira_V1_AgentFrame.with { $0.told = .with { $0.number = 1 } }
    let answered = Moira_V1_AgentFrame.with { $0.answered = .with { $0.number = 1 } }
    for frame in [Moira_V1_AgentFrame(agent.hello()), Moira_V1_AgentFrame(), told, answered] {
      // Returns at all because the hub has ended the stream.
      _ = await agent.talk([Moira_V1_AgentFrame(agent.hello()), frame])
      #expect(await scene.isAway())
    }
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("Numbers at the end of their range do not overflow anything")
  func hugeNumbers() async throws {
    let scene = try await Scene()
    let agent = scene.agent
    let first = await agent.talk([Moira_V1_AgentFrame(agent.hello(firstTold: .max))])
    #expect(first?.code == "frame-form")
    let end = Telling.ended(Scene.key, .lost)
    _ = await agent.talk(
      [agent.hello(firstTold: 1 << 62), .told(1 << 62, end), .told(.max, end)].map {
        Moira_V1_AgentFrame($0)
      })
    await scene.say([
      .receipt(Receipt(address: Scene.address, next: .max, limit: .max)),
      .letter(Letter(address: Scene.address, number: .max, endsMessage: true, sealed: [])),
      .answered(.max, .piece(.max, [], isLast: false)),
    ])
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("An agent that leaves out a number is told so by name, cut off, and counted")
  func gap() async throws {
    let scene = try await Scene()
    let agent = scene.agent
    let end = Telling.ended(Scene.key, .lost)
    let failure = await agent.talk(
      [agent.hello(), .told(1, end), .told(3, end)].map { Moira_V1_AgentFrame($0) })
    #expect(failure?.code == "frame-sequence")
    #expect(
      failure?.message
        == "what an agent tells must be numbered without a gap, but 'hospital-a' went from 1 to 3")
    #expect(scene.hub.refusals.all == ["hospital-a: skipped"])
    #expect(await scene.isAway())
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("Letters and receipts of unknown jobs, and letters that are too long, are refused by name")
  func letters() async throws {
    let scene = try await Scene()
    let address = Scene.address
    let long = [UInt8](repeating: 7, count: LaneLimits.sealedBytes + 1)
    await scene.say([
      .letter(Letter(address: address, number: 0, endsMessage: false, sealed: [1])),
      .receipt(Receipt(address: address, next: 9, limit: 9)),
      .letter(Letter(address: address, number: 1, endsMessage: true, sealed: long)),
      .answered(17, .holds(true)), .decided("nojob", Consent(refusals: [])), .beat,
    ])
    #expect(
      scene.hub.refusals.all == [
        "hospital-a: unknown-job", "hospital-a: unknown-job", "hospital-a: too-long",
      ])
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("A frame over the limit ends the connection of its sender alone")
  func oversized() async throws {
    let scene = try await Scene()
    let report = [UInt8](repeating: 1, count: HubServer.messageLimit + 1)
    _ = await scene.agent.talk([Moira_V1_AgentFrame(scene.agent.hello())]) { message, say in
      if case .welcome = message { say(.told(1, .report(Scene.key, report))) }
      return true
    }
    #expect(await scene.isAway())
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }

  @Test("Questions that are answered twice, by pieces or by something else leave the hub alive")
  func answers() async throws {
    let scene = try await Scene()
    let agent = scene.agent
    #expect(await agent.isWelcome())
    let alice = try scene.consortium.member("alice", .submitter)
    let request = try await alice.request(
      """
      moira: 1
      name: one
      parties: {guest: hospital-a}
      tasks:
        reader_0: {component: reader, parameters: {dataset: breast, id: id, label: y}}
      """, file: "one.yaml")
    let job = try await scene.hub.hub.submit(request, by: alice.hubMember)
    let asked = Mutex(0)
    let failure = await agent.talk([Moira_V1_AgentFrame(agent.hello())]) { message, say in
      switch message {
      case .consider(let job, _): say(.decided(job, Consent(refusals: [])))
      case .ask(let number, _):
        asked.withLock { $0 += 1 }
        for _ in 0..<3 { say(.answered(number, .piece(0, [], isLast: false))) }
        say(.answered(number, .holds(false)))
      case .start(let order, _):
        let lie = ArtifactReference(port: "nothing", kind: "table", hash: "../x", bytes: -1)
        let end = PartEnd.succeeded(outputs: [lie, lie], absent: ["hospital-a", "hospital-q"])
        say(.told(1, .ended(order.key, end)))
      case .forget: return false
      default: break
      }
      return true
    }
    #expect(failure == nil)
    #expect(asked.withLock { $0 } > 0)
    let record = try await scene.hub.hub.store.record(of: job)
    // A party that lies of its own outputs harms what it made itself; the job ends.
    #expect(record?.state.isFinal == true)
    #expect(try await scene.isAlive())
    await scene.hub.end()
  }
}
