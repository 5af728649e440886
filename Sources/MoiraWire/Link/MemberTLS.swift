internal import MoiraModel
internal import NIOCore
internal import NIOSSL

/// One end of a connection: TLS 1.3 and nothing less, with a member's certificate, and the other end's
/// asked for.
///
/// The transport of gRPC makes TLS ends of its own, but they offer 1.2 too, and hold the certificate that
/// they began with. So it is told that TLS is somebody else's, and these handlers are put below it.
struct MemberTLS: Sendable {
  private let context: NIOSSLContext

  /// - Throws: what the TLS library says of the certificate and the key.
  init(_ credentials: MemberCredentials, isServer: Bool) throws {
    let chain: [NIOSSLCertificateSource] = [
      .certificate(try NIOSSLCertificate(bytes: credentials.certificateDER, format: .der))
    ]
    let key = NIOSSLPrivateKeySource.privateKey(
      try NIOSSLPrivateKey(bytes: credentials.key.der, format: .der))
    var config: TLSConfiguration
    if isServer {
      config = .makeServerConfiguration(certificateChain: chain, privateKey: key)
    } else {
      config = .makeClientConfiguration()
      config.certificateChain = chain
      config.privateKey = key
    }
    config.minimumTLSVersion = .tlsv13
    config.applicationProtocols = ["h2"]
    // Whom to believe is decided by the callback alone; this asks for a certificate.
    config.certificateVerification = .noHostnameVerification
    config.trustRoots = .certificates([])
    context = try NIOSSLContext(configuration: config)
  }

  typealias Verify =
    @Sendable (
      [NIOSSLCertificate], EventLoopPromise<NIOSSLVerificationResultWithMetadata>
    ) -> Void

  func server(_ verify: @escaping Verify) -> NIOSSLServerHandler {
    NIOSSLServerHandler(context: context, customVerificationCallbackWithMetadata: verify)
  }

  func client(_ verify: @escaping Verify) throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(
      context: context, serverHostname: nil, customVerificationCallbackWithMetadata: verify)
  }
}
