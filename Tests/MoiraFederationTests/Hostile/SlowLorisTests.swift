import Foundation
import MoiraModel
import MoiraRuntime
import Testing

@testable import MoiraWire

@Suite("Connections that do not come to the point")
struct SlowLorisTests {
  /// The beginning of a TLS handshake: a record that is announced and does not come.
  private static let begun: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]

  @Test("A handshake that is begun and not gone on with is ended, and so is one that sends nothing")
  func deadline() async throws {
    var bounds = ConnectionBounds()
    bounds.handshakeWait = .seconds(2)
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium, bounds: bounds)
    let silent = try RawSocket(port: hub.address.port)
    let slow = try RawSocket(port: hub.address.port)
    slow.send(Self.begun)
    #expect(silent.isClosedByPeer() && slow.isClosedByPeer())
    // An agent whose handshake is over is not.
    #expect(try await RawAgent(consortium.member("hospital-a"), at: hub).isWelcome())
    await hub.end()
  }

  @Test("When too many are in their handshake the oldest go, and an honest agent still gets in")
  func flood() async throws {
    var bounds = ConnectionBounds()
    bounds.handshakes = 16
    bounds.handshakeWait = .seconds(600)
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium, bounds: bounds)
    let sockets = try (0..<200).map { _ in
      let socket = try RawSocket(port: hub.address.port, patience: 1)
      socket.send(Self.begun)
      return socket
    }
    #expect(try await RawAgent(consortium.member("hospital-a"), at: hub).isWelcome())
    // All but those that were let in last; in which order the system hands them on is its own matter.
    var open = sockets
    for _ in 0..<10 where open.count > 20 { open.removeAll { $0.isClosedByPeer() } }
    #expect(open.count <= 20)
    await hub.end()
  }

  @Test(
    "Above the bound on connections one more is closed at once; when others leave there is room")
  func limit() async throws {
    var bounds = ConnectionBounds()
    bounds.connections = 4
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium, bounds: bounds)
    var sockets = try (0..<4).map { _ in try RawSocket(port: hub.address.port) }
    #expect(try RawSocket(port: hub.address.port).isClosedByPeer())
    sockets.removeAll()
    let agent = RawAgent(try consortium.member("hospital-a"), at: hub)
    var isIn = false
    for _ in 0..<1000 where !isIn { isIn = await agent.isWelcome() }
    #expect(isIn)
    await hub.end()
  }

  @Test("Garbage, plain HTTP/1.1 and plain HTTP/2 are no TLS, and are closed")
  func noTLS() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    var numbers = SeededNumbers(seed: 3)
    let garbage = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    for bytes in [
      garbage, Array("GET / HTTP/1.1\r\nHost: hub\r\n\r\n".utf8),
      Array(preface.utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0],
    ] {
      let socket = try RawSocket(port: hub.address.port)
      socket.send(bytes)
      #expect(socket.isClosedByPeer())
    }
    #expect(try await RawAgent(consortium.member("hospital-a"), at: hub).isWelcome())
    await hub.end()
  }

  @Test(
    "A hub that ends while connections come in ends in order, those it has not looked at among them"
  )
  func endsInAFlood() async throws {
    for _ in 0..<5 {
      let hub = try await SiegeHub(try SiegeConsortium())
      // All at once, so that they are accepted before anybody looks at them.
      let sockets = try (0..<60).map { _ in try RawSocket(port: hub.address.port) }
      await hub.end()
      #expect(sockets.count == 60)
    }
  }
}
