public import MoiraCrypto
public import MoiraModel
public import MoiraRuntime

/// What a member of a consortium is.
public enum MemberKind: String, Hashable, Codable, Sendable, CaseIterable {
  /// An organization that takes part in jobs with its data.
  case party
  /// The process that schedules and relays.
  case hub
  /// A person who submits jobs.
  case submitter
}

/// The number of a certificate: 40 hexadecimal digits, of which 158 bits are random.
public struct CertificateSerial: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// Who somebody is, as the consortium's certificate says: what a message's sender is believed by.
public struct Member: Hashable, Sendable {
  public let id: PartyID
  public let kind: MemberKind
  /// Checks what the member signs.
  public let identity: IdentityPublicKey
  /// What is sealed to the member.
  public let sealing: SealingPublicKey
  /// Where it may be dialled.
  public let hosts: [MemberHost]
  public let serial: CertificateSerial
  public let notBefore: Instant
  public let notAfter: Instant
}

extension Member {
  /// Passes if it is who was expected at the other end.
  ///
  /// - Parameter id: nil where any member of the kind will do.
  /// - Throws: `peer-identity-mismatch`.
  public func expected(_ kind: MemberKind, _ id: PartyID? = nil) throws(Failure) {
    if self.kind != kind || id.map({ $0 != self.id }) == true {
      throw .identityMismatch(isOf: self, expected: kind, id)
    }
  }
}

extension Member {
  /// The keys that a hub shows as somebody's.
  ///
  /// - Throws: `peer-identity-mismatch` when they are another's, or of a member of another kind.
  public func keys(of id: PartyID, oneOf kinds: Set<MemberKind>) throws(Failure) -> PeerKeys {
    guard self.id == id, kinds.contains(kind) else {
      throw Failure(
        "peer-identity-mismatch",
        "the certificate that the hub shows for '\(id)' is of the \(kind) '\(self.id)'")
    }
    return PeerKeys(identity: identity, sealing: sealing)
  }
}
