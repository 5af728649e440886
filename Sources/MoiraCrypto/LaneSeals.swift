internal import Crypto
internal import FoundationEssentials

/// HPKE with X25519, HKDF-SHA256 and AES-256-GCM (RFC 9180, section 7).
private let suite = HPKE.Ciphersuite(
  kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)

/// What one member seals a sequence of pieces with, for one other.
///
/// HPKE in authenticated mode (RFC 9180, section 5.1.3): only the receiver can open them, only the
/// sender can have made them, and each opens in its own place of the sequence alone, so that nothing
/// can be repeated, left out or moved to another lane.
public struct LaneSeals: Sendable {
  /// Bytes by which a sealed piece is longer.
  public static let overhead = 16

  /// What the receiver needs to open the first piece: the encapsulated key, 32 bytes.
  public let opening: [UInt8]
  private var sender: HPKE.Sender

  /// - Parameter context: says what the sequence is of; the same is needed to open it.
  /// - Complexity: two X25519.
  public init(from own: SealingKeyPair, to peer: SealingPublicKey, context: [UInt8]) {
    do {
      sender = try HPKE.Sender(
        recipientKey: .init(rawRepresentation: peer.bytes), ciphersuite: suite,
        info: Data(context), authenticatedBy: own.secret)
    } catch {
      preconditionFailure("a sealing key is a point of high order")
    }
    opening = Array(sender.encapsulatedKey)
  }

  /// - Parameter isLast: whether a message ends with the piece; bound to it.
  public mutating func seal(_ piece: [UInt8], isLast: Bool) -> [UInt8] {
    do {
      return Array(try sender.seal(piece, authenticating: [isLast ? 1 : 0] as [UInt8]))
    } catch {
      preconditionFailure("AES-GCM seals any bytes, 2^64 times")
    }
  }
}

/// What the receiver opens the pieces with, in their order.
public struct LaneOpener: Sendable {
  private var recipient: HPKE.Recipient

  /// Nil if the opening is none. That it is the sender's is found with the first piece.
  public init?(
    _ opening: [UInt8], from peer: SealingPublicKey, to own: SealingKeyPair, context: [UInt8]
  ) {
    guard opening.count == SealingPublicKey.byteCount,
      let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: peer.bytes),
      let recipient = try? HPKE.Recipient(
        privateKey: own.secret, ciphersuite: suite, info: Data(context),
        encapsulatedKey: Data(opening), authenticatedBy: key)
    else { return nil }
    self.recipient = recipient
  }

  /// The next piece; nil if this is not it, and then nothing has changed.
  public mutating func open(_ sealed: [UInt8], isLast: Bool) -> [UInt8]? {
    (try? recipient.open(sealed, authenticating: [isLast ? 1 : 0] as [UInt8])).map { Array($0) }
  }
}

extension LaneSeals: CustomStringConvertible, CustomReflectable {
  public var description: String { "LaneSeals(secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension LaneOpener: CustomStringConvertible, CustomReflectable {
  public var description: String { "LaneOpener(secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
