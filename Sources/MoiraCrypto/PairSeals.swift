internal import Crypto
public import MoiraModel

/// What one party seals bytes with, towards each other party of a roster, for one purpose.
///
/// AES-256-GCM with a random nonce of 12 bytes, under a key for each direction between two parties (see
/// `MaskingKeys.directedKeys`). What the bytes are of within the purpose (the round, say) is
/// authenticated beside them, so that nothing opens in the place of anything else.
public struct PairSeals: Sendable {
  /// Nonce and tag.
  public static let overhead = 12 + 16

  private let own: PartyID
  private let sending: [PartyID: SymmetricKey]
  private let receiving: [PartyID: SymmetricKey]

  /// - Parameter scope: The attempt for which they seal.
  /// - Complexity: two HKDF for each other party.
  public init(_ keys: MaskingKeys, purpose: String, scope: TaskScope) {
    own = keys.own
    let pairs = keys.directedKeys("moira/seal/1", purpose: purpose, scope: scope)
    sending = pairs.sending
    receiving = pairs.receiving
  }

  /// The bytes, sealed for `peer`.
  ///
  /// - Parameter context: What they are of; the same is needed to open them.
  public func seal(
    _ bytes: [UInt8], for peer: PartyID, context: [UInt8],
    using generator: inout some RandomNumberGenerator
  ) throws(ShareSealError) -> [UInt8] {
    guard let key = sending[peer] else { throw .unknownPeer(peer) }
    let nonceBytes = MaskSeed(using: &generator).secretBytes.prefix(12)
    do {
      let nonce = try AES.GCM.Nonce(data: nonceBytes)
      let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: context)
      return Array(nonceBytes) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      preconditionFailure("a nonce has 12 bytes and a derived key 32")
    }
  }

  /// The bytes that `peer` sealed.
  ///
  /// - Throws: `ShareSealError.wrongLength` before anything is opened, `broken`.
  public func open(
    _ sealed: [UInt8], from peer: PartyID, context: [UInt8], byteCount: Int
  ) throws(ShareSealError) -> [UInt8] {
    guard let key = receiving[peer] else { throw .unknownPeer(peer) }
    guard sealed.count == byteCount + Self.overhead else { throw .wrongLength(sealed.count) }
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: sealed.prefix(12)),
        ciphertext: sealed[12..<sealed.count - 16], tag: sealed.suffix(16))
      return Array(try AES.GCM.open(box, using: key, authenticating: context))
    } catch {
      throw .broken
    }
  }
}

extension PairSeals: CustomStringConvertible, CustomReflectable {
  public var description: String { "PairSeals(of \(own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": own]) }
}
