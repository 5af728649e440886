internal import Crypto
public import MoiraModel

/// Why a sealed share cannot be opened.
public enum ShareSealError: Error, Hashable, Sendable {
  /// The roster has no such peer.
  case unknownPeer(PartyID)
  /// Not as long as a sealed share is.
  case wrongLength(Int)
  /// Made by somebody else, for somebody else, for another vector, or altered.
  case broken
  /// What was sealed is not a share.
  case notAShare
}

/// What one party seals the shares of one vector with, towards each other party.
///
/// AES-256-GCM with a random nonce of 12 bytes. The key for each direction between two parties is
/// HKDF-SHA256 of their X25519 secret: the salt is the job's id, the info "moira/share/1", the
/// label's task, attempt, round, tensor and model hash, sender, receiver and the roster's hash, each
/// with its length. So a share that was made for anything else does not open.
public struct ShareSeals: Sendable {
  /// Nonce, tag and the kind of share.
  public static let overhead = 12 + 16 + 1

  private let own: PartyID
  private let label: MaskLabel
  private let roster: ContentHash
  private let secrets: [PartyID: SymmetricKey]

  fileprivate init(
    own: PartyID, label: MaskLabel, roster: ContentHash, secrets: [PartyID: SymmetricKey]
  ) {
    self.own = own
    self.label = label
    self.roster = roster
    self.secrets = secrets
  }

  /// The share for `peer`, sealed.
  public func seal(
    _ share: VectorShare, for peer: PartyID, using generator: inout some RandomNumberGenerator
  ) throws(ShareSealError) -> [UInt8] {
    let key = try key(from: own, to: peer, with: peer)
    let nonceBytes = MaskSeed(using: &generator).secretBytes.prefix(12)
    do {
      let nonce = try AES.GCM.Nonce(data: nonceBytes)
      let box = try AES.GCM.seal(share.payload, using: key, nonce: nonce)
      return Array(nonceBytes) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      preconditionFailure("a nonce has 12 bytes and a derived key 32")
    }
  }

  /// The share that `peer` sealed.
  ///
  /// - Parameter count: How many elements the vector has; the length is checked against it before
  ///   anything is opened.
  public func open(
    _ sealed: [UInt8], from peer: PartyID, count: Int
  ) throws(ShareSealError) -> VectorShare {
    let key = try key(from: peer, to: own, with: peer)
    let length = sealed.count - Self.overhead
    guard length == MaskSeed.byteCount || length == 16 * count else {
      throw .wrongLength(sealed.count)
    }
    let payload: [UInt8]
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: sealed.prefix(12)),
        ciphertext: sealed[12..<sealed.count - 16], tag: sealed.suffix(16))
      payload = Array(try AES.GCM.open(box, using: key))
    } catch {
      throw .broken
    }
    return try VectorShare(payload: payload, count: count)
  }

  private func key(
    from sender: PartyID, to receiver: PartyID, with peer: PartyID
  ) throws(ShareSealError) -> SymmetricKey {
    guard let secret = secrets[peer] else { throw .unknownPeer(peer) }
    var info = ByteWriter()
    info.write("moira/share/1")
    label.write(into: &info)
    info.write(sender.text)
    info.write(receiver.text)
    info.write(roster.text)
    return hkdf(secret, salt: Array(label.scope.job.text.utf8), info: info.bytes, count: 32)
  }
}

extension ShareSeals: CustomStringConvertible, CustomReflectable {
  public var description: String { "ShareSeals(of \(own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": own]) }
}

extension MaskingKeys {
  /// What the shares of one vector are sealed with.
  ///
  /// - Throws: `MaskingError.labelUsed` the second time, and after masks for the label;
  ///   `MaskingError.otherScope`.
  public func shareSeals(for label: MaskLabel) throws(MaskingError) -> ShareSeals {
    try takeUp(label)
    var secrets: [PartyID: SymmetricKey] = [:]
    for (peer, secret) in self.secrets { secrets[peer] = secret }
    return ShareSeals(own: own, label: label, roster: roster.hash, secrets: secrets)
  }
}

extension VectorShare {
  private static let seedTag: UInt8 = 1
  private static let elementsTag: UInt8 = 2

  fileprivate var payload: [UInt8] {
    switch self {
    case .seed(let seed): return [Self.seedTag] + seed.secretBytes
    case .elements(let vector):
      var writer = ByteWriter()
      writer.reserve(1 + 16 * vector.count)
      writer.write(Self.elementsTag)
      for element in vector.elements { writer.write(element.value) }
      return writer.bytes
    }
  }

  fileprivate init(payload: [UInt8], count: Int) throws(ShareSealError) {
    do {
      switch (payload.first, payload.count - 1) {
      case (Self.seedTag, MaskSeed.byteCount):
        self = .seed(try MaskSeed(bytes: Array(payload.dropFirst())))
      case (Self.elementsTag, 16 * count):
        self = .elements(try FieldVector(words: words(of: payload.dropFirst())))
      default: throw ShareSealError.notAShare
      }
    } catch {
      throw .notAShare
    }
  }
}

private func words(of bytes: ArraySlice<UInt8>) -> [UInt64] {
  bytes.withUnsafeBytes { raw in
    (0..<raw.count / 8).map {
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }
}
