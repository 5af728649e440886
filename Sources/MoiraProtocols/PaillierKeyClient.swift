public import MoiraCrypto
public import MoiraModel

/// A client's side of the key set-up; see `PaillierKeyTerms`. Ends with the key pair.
public struct PaillierKeyClient: ~Copyable, ProtocolMachine {
  public typealias Message = PaillierKeyMessage
  public typealias Output = PaillierPrivateKey

  private let terms: PaillierKeyTerms
  private let header: PaillierKeyHeader
  private let keys: MaskingKeys
  private var privateKey: PaillierPrivateKey?
  /// What the holder is still to send.
  private var first: PaillierKeyMessage?
  private var isDone = false

  /// Makes the key, at the holder.
  ///
  /// - Parameters:
  ///   - keys: From the key agreement.
  ///   - key: At the holder, instead of a new one.
  /// - Throws: `PaillierRefusal.terms` with `notAClient`, `otherKeys`; `key` with `wrongLength` for
  ///   a key of another length.
  public init(
    _ own: PartyID, terms: PaillierKeyTerms, keys: MaskingKeys, key: PaillierPrivateKey? = nil,
    using generator: inout some RandomNumberGenerator
  ) throws(PaillierRefusal) {
    guard terms.clients.contains(own) else { throw .terms(.notAClient(own)) }
    guard keys.roster.hash == terms.roster else { throw .terms(.otherKeys) }
    guard keys.own == own else { throw .terms(.notAClient(keys.own)) }
    let header = PaillierKeyHeader(terms)
    if own == terms.holder {
      let made: PaillierPrivateKey
      if let key { made = key } else { made = try newKey(terms.keyLength, using: &generator) }
      guard made.publicKey.bits == terms.keyLength else {
        throw .key(.wrongLength(bits: made.publicKey.bits))
      }
      first = .key(
        header, modulus: made.publicKey.bytes, proof: made.proof().bytes,
        sealed: try sealed(made, terms, keys, using: &generator))
      privateKey = made
    }
    self.terms = terms
    self.keys = keys
    self.header = header
  }

  /// The key, at the holder; nothing at the others, nor the second time.
  public mutating func start() -> [Outbound<PaillierKeyMessage>] {
    guard let message = first.take() else { return [] }
    return [Outbound(to: terms.aggregator, message)]
  }

  public mutating func receive(
    _ message: PaillierKeyMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierKeyMessage, PaillierPrivateKey> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    try message.header.check(against: header, from: sender)
    switch message {
    case .key, .receipt: throw ProtocolViolation(sender, .paillier(.unexpected(message.kind)))
    case .announcement(_, let modulus, let proof, let sealed):
      guard keys.own != terms.holder else {
        throw ProtocolViolation(sender, .paillier(.unexpected(.announcement)))
      }
      guard privateKey == nil else {
        throw ProtocolViolation(sender, .paillier(.sentTwice(.announcement)))
      }
      let key = try terms.checkedKey(modulus, proof, from: sender)
      privateKey = try open(sealed, key, from: sender)
      return .send([Outbound(to: terms.aggregator, .receipt(header, key: key.id))])
    case .agreed(_, let id): return try finish(id, from: sender)
    }
  }

  private func open(
    _ sealed: [UInt8], _ key: PaillierPublicKey, from sender: PartyID
  ) throws(ProtocolViolation) -> PaillierPrivateKey {
    let secret: [UInt8]
    do throws(ShareSealError) {
      secret = try terms.seals(keys).open(
        sealed, from: terms.holder, context: Array(key.id.text.utf8),
        byteCount: key.bytes.count)
    } catch {
      throw ProtocolViolation(sender, .paillier(.brokenSeal(of: terms.holder)))
    }
    do throws(PaillierKeyError) {
      let privateKey = try PaillierPrivateKey(secretBytes: secret)
      try privateKey.check(fits: key)
      return privateKey
    } catch {
      // The seal is the holder's, so it is the holder that broke the rule.
      throw ProtocolViolation(terms.holder, .paillier(.unfitPrivateKey(error)))
    }
  }

  private mutating func finish(
    _ id: ContentHash, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierKeyMessage, PaillierPrivateKey> {
    guard !isDone else { throw ProtocolViolation(sender, .paillier(.sentTwice(.agreed))) }
    guard let privateKey, first == nil else {
      throw ProtocolViolation(sender, .paillier(.tooEarly(.agreed)))
    }
    guard id == privateKey.publicKey.id else {
      throw ProtocolViolation(sender, .paillier(.otherKey))
    }
    isDone = true
    return .finish(privateKey)
  }
}

private func newKey(
  _ bits: Int, using generator: inout some RandomNumberGenerator
) throws(PaillierRefusal) -> PaillierPrivateKey {
  do {
    return try .generate(bits: bits, using: &generator)
  } catch {
    throw .key(error)
  }
}

/// The primes, sealed for each other client.
private func sealed(
  _ key: PaillierPrivateKey, _ terms: PaillierKeyTerms, _ keys: MaskingKeys,
  using generator: inout some RandomNumberGenerator
) throws(PaillierRefusal) -> [[UInt8]] {
  let seals = terms.seals(keys)
  var sealed: [[UInt8]] = []
  for client in terms.others {
    do throws(ShareSealError) {
      sealed.append(
        try seals.seal(
          key.exportSecretBytes(), for: client, context: Array(key.publicKey.id.text.utf8),
          using: &generator))
    } catch {
      throw .terms(.otherKeys)
    }
  }
  return sealed
}
