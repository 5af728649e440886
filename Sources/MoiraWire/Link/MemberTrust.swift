public import MoiraModel
public import MoiraRuntime
internal import NIOCore
internal import NIOSSL
import Synchronization

/// Whom a process believes: its own credentials, the consortium's root, and the newest list of
/// certificates that were taken back.
public final class MemberTrust: Sendable {
  private let verifier: Mutex<MemberVerifier>
  private let held: Mutex<Held>
  private let clock: any WallClock
  /// Told of whoever dials and is not believed.
  private let refused = Mutex<[@Sendable (Failure) -> Void]>([])

  /// What handshakes show, and the end that was made of it for those who dial here.
  private struct Held {
    var credentials: MemberCredentials
    var server: MemberTLS?
  }

  public init(_ credentials: MemberCredentials, clock: any WallClock) {
    held = Mutex(Held(credentials: credentials))
    self.clock = clock
    verifier = Mutex(credentials.verifier)
  }

  /// The member's own: the newest that were taken.
  public var credentials: MemberCredentials { held.withLock { $0.credentials } }

  /// Takes a renewed certificate, and the key that it is for: handshakes from now on show it. Connections
  /// that hold go on under the old one.
  ///
  /// - Returns: whether it is another certificate than before.
  /// - Throws: `keys-mismatch` when it is another member's or another consortium's.
  public func replace(_ renewed: MemberCredentials) throws(Failure) -> Bool {
    let old = credentials
    guard renewed.verifier.root == old.verifier.root else {
      throw .rootChanged(old.member.id, from: old.verifier.root.name)
    }
    guard renewed.member.id == old.member.id, renewed.member.kind == old.member.kind else {
      throw .keysMismatch(
        "the new certificate is of the \(renewed.member.kind) '\(renewed.member.id)', "
          + "but the process is of the \(old.member.kind) '\(old.member.id)'")
    }
    guard renewed.certificateDER != old.certificateDER else { return false }
    held.withLock { $0 = Held(credentials: renewed) }
    return true
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

  // MARK: Whom a hub shows

  /// The keys of a job's parties.
  ///
  /// - Throws: what `member(ofDER:)` throws; `peer-identity-mismatch`.
  public func peers(
    _ certificates: [PartyID: [UInt8]]
  ) throws(Failure) -> [PartyID: PeerKeys] {
    var peers: [PartyID: PeerKeys] = [:]
    for (party, der) in certificates {
      peers[party] = try member(ofDER: der).keys(of: party, oneOf: [.party])
    }
    return peers
  }

  /// The keys of whoever asks for something: a hub does not in its own name.
  ///
  /// - Throws: as `peers`.
  public func asker(_ id: PartyID, _ certificate: [UInt8]) throws(Failure) -> PeerKeys {
    try member(ofDER: certificate).keys(of: id, oneOf: [.party, .submitter])
  }

  // MARK: TLS

  /// The end of whoever is dialled: asks for a certificate of the consortium.
  func serverTLS() throws -> NIOSSLServerHandler {
    let tls = try held.withLock { held in
      if let made = held.server { return made }
      let made = try MemberTLS(held.credentials, isServer: true)
      held.server = made
      return made
    }
    return tls.server { [self] certificates, promise in
      verify(certificates, promise) { result in
        guard case .failure(let failure) = result else { return }
        for note in refused.withLock({ $0 }) { note(failure) }
      }
    }
  }

  /// The end of whoever dials: believes a member of the kind alone, and only at an address that its
  /// certificate names.
  ///
  /// - Parameter found: told of each handshake: whom it showed, or why it was refused.
  func clientTLS(
    dialling host: MemberHost, _ kind: MemberKind, _ id: PartyID?,
    _ found: @escaping @Sendable (Result<Member, Failure>) -> Void
  ) throws -> @Sendable () throws -> NIOSSLClientHandler {
    let tls = try MemberTLS(credentials, isServer: false)
    return { [self] in
      try tls.client { certificates, promise in
        self.verify(certificates, promise, found) { member throws(Failure) in
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
