internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
internal import MoiraRuntime
internal import SwiftASN1
internal import X509

/// Who is at the other end of a call, by the certificate of its connection and nothing else.
enum PeerIdentity {
  static func member(of context: ServerContext, _ trust: MemberTrust) throws(Failure) -> Member {
    try trust.member(ofDER: certificate(of: context))
  }

  /// The member as the hub keeps it, with its certificate.
  static func entry(_ member: Member, of context: ServerContext) throws(Failure) -> HubMember {
    HubMember(
      id: member.id, certificate: try certificate(of: context), identity: member.identity,
      validUntil: member.notAfter)
  }

  /// In DER.
  private static func certificate(of context: ServerContext) throws(Failure) -> [UInt8] {
    var serializer = DER.Serializer()
    guard
      let posix = context.transportSpecific as? HTTP2ServerTransport.Posix.Context,
      let certificate = posix.peerCertificate,
      (try? serializer.serialize(certificate)) != nil
    else {
      throw Failure("certificate-missing", "the connection has no certificate of a member")
    }
    return serializer.serializedBytes
  }
}
