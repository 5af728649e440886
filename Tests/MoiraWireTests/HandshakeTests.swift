import Foundation
import MoiraCrypto
import MoiraModel
import MoiraSim
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import MoiraWire

/// TLS 1.3 on the loopback with what a member's folder gives: whom the two ends believe.
///
/// BoringSSL looks at dates by the machine's clock, so the consortium of this suite begins now.
@Suite struct HandshakeTests {
  private let folder: TestFolder
  private let authority: ConsortiumAuthority
  private let now = Instant(Date())

  init() throws {
    folder = try TestFolder()
    authority = try ConsortiumAuthority.create(named: "heart", in: "\(folder.path)/ca", at: now)
  }

  private func credentials(
    _ id: PartyID, _ kind: MemberKind, _ hosts: [String], identity seed: UInt64,
    of authority: ConsortiumAuthority? = nil
  ) throws -> MemberCredentials {
    let keys = MemberFolder("\(folder.path)/\(UUID().uuidString)")
    try keys.make()
    let identity = TestConsortium.identity(seed)
    let request = try keys.request(
      id, kind, hosts: hosts.compactMap { MemberHost($0) }, identity: identity)
    try keys.install(try (authority ?? self.authority).admit(request, at: now))
    return try keys.credentials(identity: identity.publicKey, at: now)
  }

  @Test func aPartyAndItsHubKnowEachOther() async throws {
    let hub = try credentials("hub", .hub, ["localhost"], identity: 1)
    let party = try credentials("hospital-a", .party, [], identity: 2)
    let seen = try await Handshake(server: hub, client: party).run(to: "localhost")
    #expect(try hub.verifier.member(ofDER: seen.byServer, at: now) == party.member)
    let other = try party.verifier.member(ofDER: seen.byClient, at: now)
    #expect(other == hub.member)
    #expect(code { try other.expected(.hub, "hub") } == nil)
  }

  @Test func aHubAtAnotherAddressIsRefused() async throws {
    let hub = try credentials("hub", .hub, ["hub.example.org"], identity: 1)
    let party = try credentials("hospital-a", .party, [], identity: 2)
    await #expect(throws: (any Error).self) {
      try await Handshake(server: hub, client: party).run(to: "localhost")
    }
  }

  @Test func aPartyOfAnotherConsortiumIsRefusedByTheHubAndItself() async throws {
    let other = try ConsortiumAuthority.create(
      named: "heart", in: "\(folder.path)/other", at: now)
    let hub = try credentials("hub", .hub, ["localhost"], identity: 1)
    let stranger = try credentials("hospital-a", .party, [], identity: 2, of: other)
    await #expect(throws: (any Error).self) {
      try await Handshake(server: hub, client: stranger).run(to: "localhost")
    }
    // Though it trusts the hub's root for once.
    await #expect(throws: (any Error).self) {
      try await Handshake(server: hub, client: stranger, clientTrusts: hub).run(to: "localhost")
    }
  }

  @Test func aPartyWithoutAnAddressIsNoServer() async throws {
    let a = try credentials("hospital-a", .party, [], identity: 1)
    let b = try credentials("hospital-b", .party, [], identity: 2)
    await #expect(throws: (any Error).self) {
      try await Handshake(server: a, client: b).run(to: "localhost")
    }
  }

  @Test func twoPartiesThatCanReachEachOtherNeedNoHub() async throws {
    let a = try credentials("hospital-a", .party, ["localhost"], identity: 1)
    let b = try credentials("hospital-b", .party, [], identity: 2)
    let seen = try await Handshake(server: a, client: b).run(to: "localhost")
    let other = try b.verifier.member(ofDER: seen.byClient, at: now)
    #expect(code { try other.expected(.party, "hospital-a") } == nil)
    // It is at the right address, but no hub.
    #expect(code { try other.expected(.hub) } == "peer-identity-mismatch")
  }
}

/// What a dialled end that is not Moira's comes to with an agent that dials it.
@Suite struct ModernTLSTests {
  @Test(arguments: [(TLSVersion.tlsv12, nil), (.tlsv13, TLSVersion.tlsv13)])
  func anAgentShakesHandsWithTLS13AndNothingLess(most: TLSVersion, agreed: TLSVersion?) async throws
  {
    let folder = try TestFolder()
    let now = Instant(Date())
    let authority = try ConsortiumAuthority.create(named: "heart", in: "\(folder.path)/ca", at: now)
    func credentials(_ id: PartyID, _ kind: MemberKind, _ seed: UInt64) throws -> MemberCredentials
    {
      let keys = MemberFolder("\(folder.path)/\(id)")
      try keys.make()
      let identity = TestConsortium.identity(seed)
      let hosts = kind == .hub ? [MemberHost("127.0.0.1")].compactMap { $0 } : []
      try keys.install(
        authority.admit(try keys.request(id, kind, hosts: hosts, identity: identity), at: now))
      return try keys.credentials(identity: identity.publicKey, at: now)
    }
    let hub = try credentials("coordinator", .hub, 1)
    let trust = MemberTrust(try credentials("hospital-a", .party, 2), clock: SystemClock())
    let seen = try await OldServer.handshake(hub, most: most) { port in
      let address = try #require(HubAddress("127.0.0.1:\(port)"))
      await #expect(throws: Failure.self) {
        try await HubChannel(address, trust).call { client in
          _ = try await Moira_V1_Jobs.Client(wrapping: client).parties(.init())
        }
      }
    }
    #expect(seen == agreed)
  }
}

/// A server of TLS up to a version, which closes a connection when hands are shaken.
private enum OldServer {
  /// - Returns: the version that was agreed on; nil if none was.
  static func handshake(
    _ own: MemberCredentials, most: TLSVersion, _ dial: (Int) async throws -> Void
  ) async throws -> TLSVersion? {
    var config = TLSConfiguration.makeServerConfiguration(
      certificateChain: [
        .certificate(try NIOSSLCertificate(bytes: own.certificateDER, format: .der))
      ],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: own.key.der, format: .der)))
    config.maximumTLSVersion = most
    config.applicationProtocols = ["h2"]
    let context = try NIOSSLContext(configuration: config)
    let agreed = Mutex<TLSVersion?>(nil)
    let group = MultiThreadedEventLoopGroup.singleton
    let listening = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: context),
            VersionWitness { version in agreed.withLock { $0 = version } },
          ])
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    try await dial(listening.localAddress?.port ?? 0)
    try? await listening.close()
    return agreed.withLock { $0 }
  }
}

private final class VersionWitness: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let note: @Sendable (TLSVersion?) -> Void
  init(_ note: @escaping @Sendable (TLSVersion?) -> Void) { self.note = note }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if "\(event)".hasPrefix("handshakeCompleted") {
      note(try? context.pipeline.syncOperations.nioSSL_tlsVersion())
      context.close(promise: nil)
    }
  }
}

/// One connection: the client says a byte, the server answers one, and each tells whose certificate it
/// was shown.
private struct Handshake {
  let server: MemberCredentials
  let client: MemberCredentials
  let clientRoot: ConsortiumRoot

  init(
    server: MemberCredentials, client: MemberCredentials, clientTrusts: MemberCredentials? = nil
  ) {
    self.server = server
    self.client = client
    clientRoot = (clientTrusts ?? client).verifier.root
  }

  private static func source(
    _ member: MemberCredentials
  ) throws -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource) {
    (
      [.certificate(try NIOSSLCertificate(bytes: member.certificateDER, format: .der))],
      .privateKey(try NIOSSLPrivateKey(bytes: member.key.der, format: .der))
    )
  }

  private static func roots(_ root: ConsortiumRoot) throws -> NIOSSLTrustRoots {
    .certificates([try NIOSSLCertificate(bytes: root.der, format: .der)])
  }

  private func contexts() throws -> (server: NIOSSLContext, client: NIOSSLContext) {
    let own = try Self.source(server)
    var serving = TLSConfiguration.makeServerConfigurationWithMTLS(
      certificateChain: own.chain, privateKey: own.key,
      trustRoots: try Self.roots(server.verifier.root))
    serving.minimumTLSVersion = .tlsv13
    var dialling = TLSConfiguration.makeClientConfiguration()
    (dialling.certificateChain, dialling.privateKey) = try Self.source(client)
    dialling.trustRoots = try Self.roots(clientRoot)
    dialling.minimumTLSVersion = .tlsv13
    return (try NIOSSLContext(configuration: serving), try NIOSSLContext(configuration: dialling))
  }

  /// - Returns: the certificates, in DER, of the client and of the server.
  func run(to host: String) async throws -> (byServer: [UInt8], byClient: [UInt8]) {
    let contexts = try contexts()
    let group = MultiThreadedEventLoopGroup.singleton
    let atServer = group.next().makePromise(of: [UInt8].self)
    let atClient = group.next().makePromise(of: [UInt8].self)
    let listening = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: contexts.server),
            PeerWitness(atServer, speaksFirst: false),
          ])
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    let port = listening.localAddress?.port ?? 0
    let dialled = try await ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            try NIOSSLClientHandler(context: contexts.client, serverHostname: host),
            PeerWitness(atClient, speaksFirst: true),
          ])
        }
      }.connect(host: "127.0.0.1", port: port).get()
    // Both are waited for: an end that closed has failed its promise.
    let server = await Self.outcome(atServer)
    let client = await Self.outcome(atClient)
    try? await dialled.close()
    try? await listening.close()
    return (try server.get(), try client.get())
  }

  private static func outcome(
    _ promise: EventLoopPromise<[UInt8]>
  ) async -> Result<[UInt8], any Error> {
    do { return .success(try await promise.futureResult.get()) } catch { return .failure(error) }
  }
}

/// Keeps the certificate of the other end once a byte has come through.
private final class PeerWitness: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let promise: EventLoopPromise<[UInt8]>
  private let speaksFirst: Bool

  init(_ promise: EventLoopPromise<[UInt8]>, speaksFirst: Bool) {
    self.promise = promise
    self.speaksFirst = speaksFirst
  }

  private func speak(_ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [7])), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) { if speaksFirst { speak(context) } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !speaksFirst { speak(context) }
    promise.completeWith(
      Result {
        try context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes() ?? []
      })
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }
}
