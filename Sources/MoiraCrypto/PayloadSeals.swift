internal import Crypto
public import MoiraModel

/// Seals bytes between two parties of a roster: a sibling of `ShareSeals` for anything but shares.
///
/// AES-256-GCM with a random nonce of 12 bytes. The key for each direction between two parties is
/// HKDF-SHA256 of their X25519 secret: the salt is the job's id, the info "moira/payload/1", the
/// purpose, task, attempt, sender, receiver and the roster's hash, each with its length. So bytes
/// that were sealed for anything else do not open.
public struct PayloadSeals: Sendable {
  /// Nonce and tag.
  public static let overhead = 12 + 16

  private let keys: MaskingKeys
  private let purpose: String

  fileprivate init(_ keys: MaskingKeys, purpose: String) {
    self.keys = keys
    self.purpose = purpose
  }

  /// - Throws: `ShareSealError.unknownPeer`.
  public func seal(
    _ payload: [UInt8], for peer: PartyID, using generator: inout some RandomNumberGenerator
  ) throws(ShareSealError) -> [UInt8] {
    let key = try key(from: keys.own, to: peer, with: peer)
    let nonceBytes = MaskSeed(using: &generator).key.withUnsafeBytes { Array($0.prefix(12)) }
    do {
      let nonce = try AES.GCM.Nonce(data: nonceBytes)
      let box = try AES.GCM.seal(payload, using: key, nonce: nonce)
      return nonceBytes + Array(box.ciphertext) + Array(box.tag)
    } catch {
      preconditionFailure("a nonce has 12 bytes and a derived key 32")
    }
  }

  /// What `peer` sealed.
  ///
  /// - Parameter count: How many bytes that must be; checked before anything is opened.
  /// - Throws: `ShareSealError.unknownPeer`, `wrongLength`, `broken`.
  public func open(
    _ sealed: [UInt8], from peer: PartyID, count: Int
  ) throws(ShareSealError) -> [UInt8] {
    let key = try key(from: peer, to: keys.own, with: peer)
    guard sealed.count == count + Self.overhead else { throw .wrongLength(sealed.count) }
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: sealed.prefix(12)),
        ciphertext: sealed[12..<sealed.count - 16], tag: sealed.suffix(16))
      return Array(try AES.GCM.open(box, using: key))
    } catch {
      throw .broken
    }
  }

  private func key(
    from sender: PartyID, to receiver: PartyID, with peer: PartyID
  ) throws(ShareSealError) -> SymmetricKey {
    guard let secret = keys.secrets.first(where: { $0.peer == peer })?.secret else {
      throw .unknownPeer(peer)
    }
    let scope = keys.roster.scope
    var info = ByteWriter()
    info.write("moira/payload/1")
    info.write(purpose)
    info.write(scope.task.text)
    info.write(Int64(scope.attempt))
    info.write(sender.text)
    info.write(receiver.text)
    info.write(keys.roster.hash.text)
    return hkdf(secret, salt: Array(scope.job.text.utf8), info: info.bytes, count: 32)
  }
}

extension PayloadSeals: CustomStringConvertible, CustomReflectable {
  public var description: String { "PayloadSeals(of \(keys.own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": keys.own]) }
}

extension MaskingKeys {
  /// What bytes are sealed with for one purpose.
  public func payloadSeals(for purpose: String) -> PayloadSeals {
    PayloadSeals(self, purpose: purpose)
  }
}
