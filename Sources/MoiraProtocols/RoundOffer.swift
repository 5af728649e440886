internal import MoiraCrypto
public import MoiraModel

/// What a client brings to a round before it: its mask key, signed, and the shares of its secrets.
///
/// The signature is for the aggregator, which refuses an offer without. The neighbours need none: each
/// share is sealed together with round, key and hash, so that it opens only under those that its dealer
/// offered.
public struct RoundOffer: Hashable, Sendable {
  public let round: Int
  /// An X25519 public key: 32 bytes, not checked yet.
  public let key: [UInt8]
  /// The SHA-256 of the seed of the client's own mask, with the round.
  public let commitment: ContentHash
  /// Of `RoundOffer.statement`.
  public let signature: [UInt8]
  /// Sealed, one for each neighbour, by id.
  public let shares: [[UInt8]]

  public init(
    round: Int, key: [UInt8], commitment: ContentHash, signature: [UInt8], shares: [[UInt8]]
  ) {
    self.round = round
    self.key = key
    self.commitment = commitment
    self.signature = signature
    self.shares = shares
  }

  /// How long each of `shares` is.
  static let sealedByteCount = 2 * SecretShare.byteCount + PairSeals.overhead
}

extension SecureSumTerms {
  /// What a client signs when it offers a key for a round.
  func offerStatement(
    _ party: PartyID, round: Int, key: [UInt8], commitment: ContentHash
  ) -> SignedStatement {
    SignedStatement("moira/secagg/offer/1") { writer in
      writer.write(hash.text)
      writer.write(party.text)
      writer.write(Int64(round))
      writer.write(key)
      writer.write(commitment.text)
    }
  }

  /// What a client vouches for when it has seen who survived.
  func survivorsStatement(_ header: SumHeader, _ survivors: [PartyID]) -> SignedStatement {
    SignedStatement("moira/secagg/survivors/1") { writer in
      writer.write(hash.text)
      writer.write(Int64(header.round))
      writer.write(header.label.text)
      writer.write(header.roster?.text ?? "")
      writer.write(UInt32(survivors.count))
      for party in survivors { writer.write(party.text) }
    }
  }

  /// The hash that binds a client to the seed of its own mask.
  func commitment(to seed: [UInt8], of party: PartyID, round: Int) -> ContentHash {
    var writer = ByteWriter()
    writer.write("moira/secagg/seed/1")
    writer.write(hash.text)
    writer.write(party.text)
    writer.write(Int64(round))
    writer.write(seed)
    return sha256(writer.bytes)
  }

  /// What sealed shares are of, and what they vouch for.
  func sealContext(round: Int, key: [UInt8], commitment: ContentHash) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(hash.text)
    writer.write(Int64(round))
    writer.write(key)
    writer.write(commitment.text)
    return writer.bytes
  }
}

extension RoundOffer {
  func encode(into writer: inout ByteWriter) {
    writer.write(Int64(round))
    writer.write(key)
    writer.write(commitment.text)
    writer.write(signature)
    writer.write(byteLists: shares)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    round = Int(try reader.integer(Int64.self))
    key = try reader.byteArray()
    commitment = ContentHash(try reader.string())
    signature = try reader.byteArray()
    shares = try reader.byteLists()
  }
}
