public import MoiraCrypto
public import MoiraModel

/// A party, or somebody who submits jobs, as its certificate describes it.
public struct HubMember: Hashable, Codable, Sendable {
  public let id: PartyID
  /// The certificate, in DER: what the others check.
  public let certificate: [UInt8]
  public let identity: IdentityPublicKey
  /// When it ends to be valid.
  public let validUntil: Instant

  public init(
    id: PartyID, certificate: [UInt8], identity: IdentityPublicKey, validUntil: Instant
  ) {
    self.id = id
    self.certificate = certificate
    self.identity = identity
    self.validUntil = validUntil
  }
}
