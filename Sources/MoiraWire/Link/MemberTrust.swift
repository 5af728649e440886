internal import GRPCNIOTransportHTTP2Posix
public import MoiraModel
public import MoiraRuntime
internal import NIOCore
internal import NIOSSL
import Synchronization

/// Whom a process believes: its own credentials, the consortium's root, and the newest list of
/// certificates that were taken back.
public final class MemberTrust: Sendable {
  public let credentials: MemberCredentials
  private let verifier: Mutex<MemberVerifier>
  private let clock: any WallClock
  /// Told of whoever dials and is not believed.
  private let refused = Mutex<[@Sendable (Failure) -> Void]>([])

  public init(_ credentials: MemberCredentials, clock: any WallClock) {
    self.credentials = credentials
    self.clock = clock
    verifier = Mutex(credentials.verifier)
  }

  /// Takes a newer list of revocations.
  ///
  /// - Throws: `certificate-foreign`, `revocations-old`.
  public func replace(_ revocations: RevocationList) throws(Failure) {
    let failure: Failure? = verifier.withLock { verifier in
      do throws(Failure) {
        try verifier.replace(revocations)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  public var revocations: RevocationList { verifier.withLock { $0.revocations } }

  public func member(ofDER der: [UInt8]) throws(Failure) -> Member {
    try verifier.withLock { $0 }.member(ofDER: der, at: clock.now())
  }

  /// Whether a member that was believed once is to be believed still.
  public func check(_ member: Member) throws(Failure) {
    try verifier.withLock { $0 }.check(member, at: clock.now())
  }

  /// - Parameter note: called on the connection's own thread; must be quick.
  func whenRefusing(_ note: @escaping @Sendable (Failure) -> Void) {
    refused.withLock { $0.append(note) }
  }

  // MARK: TLS

  /// Asks whoever dials for a certificate of the consortium.
  func serverSecurity() -> HTTP2ServerTransport.Posix.TransportSecurity {
    .mTLS(certificateChain: [certificate], privateKey: key) { config in
      config.requireALPN = true
      config.customVerificationCallback = { [self] certificates, promise in
        verify(certificates, promise) { result in
          guard case .failure(let failure) = result else { return }
          for note in refused.withLock({ $0 }) { note(failure) }
        }
      }
    }
  }

  /// Believes a member of the kind alone, and only at an address that its certificate names.
  ///
  /// - Parameter found: told of each handshake: whom it showed, or why it was refused.
  func clientSecurity(
    dialling host: MemberHost, _ kind: MemberKind, _ id: PartyID?,
    _ found: @escaping @Sendable (Result<Member, Failure>) -> Void
  ) -> HTTP2ClientTransport.Posix.TransportSecurity {
    .mTLS(certificateChain: [certificate], privateKey: key) { config in
      config.customVerificationCallback = { [self] certificates, promise in
        verify(certificates, promise, found) { member throws(Failure) in
          try member.expected(kind, id)
          guard member.hosts.contains(host) else {
            let hosts = member.hosts.map { "'\($0)'" }.joined(separator: ", ")
            throw Failure(
              "peer-identity-mismatch",
              "the certificate of '\(member.id)' is for \(hosts), but '\(host)' was dialled",
              hint: "dial one of those, or let the consortium admit it with this address")
          }
        }
      }
    }
  }

  private var certificate: TLSConfig.CertificateSource {
    .bytes(credentials.certificateDER, format: .der)
  }

  private var key: TLSConfig.PrivateKeySource { .bytes(credentials.key.der, format: .der) }

  private func verify(
    _ certificates: [NIOSSLCertificate],
    _ promise: EventLoopPromise<NIOSSLVerificationResultWithMetadata>,
    _ found: (Result<Member, Failure>) -> Void,
    _ check: (Member) throws(Failure) -> Void = { _ throws(Failure) in }
  ) {
    do throws(Failure) {
      guard let leaf = certificates.first, let der = try? leaf.toDERBytes() else {
        throw Failure("certificate-missing", "the other end has shown no certificate")
      }
      let member = try member(ofDER: der)
      try check(member)
      found(.success(member))
      promise.succeed(.certificateVerified(.init(ValidatedCertificateChain([leaf]))))
    } catch {
      found(.failure(error))
      promise.succeed(.failed)
    }
  }
}
