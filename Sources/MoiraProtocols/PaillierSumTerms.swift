public import MoiraCrypto
public import MoiraModel

/// What all agree on before one vector is summed under a Paillier key.
///
/// The protocol, of three steps, after the key set-up (`PaillierKeyTerms`):
///
/// 1. *Upload.* Each client packs its words (see `PaillierPacking`), encrypts them and sends them to
///    the aggregator.
/// 2. *Sum.* The aggregator refuses ciphertexts that are not in range, multiplies those of all
///    clients, blinds the products afresh with powers of hₛ, and sends them to each client.
/// 3. *Total.* Each client decrypts. The first one by id sends the words of the sum to the
///    aggregator, the others their SHA-256; the aggregator refuses a total that not all have. The
///    sum equals that of the masked sum, bit by bit.
///
/// All learn the sum, the aggregator too, as it steers training by it. Beyond it, an aggregator that
/// follows the protocol and colludes with no client learns nothing. It must follow it: whatever it
/// sends in step 2 is decrypted for it in step 3, be it one client's upload; `MaskedSumTerms` gives
/// no such chance. A client that colludes with it, or that sees the messages of others under way,
/// reads every upload, as each has the private key. No client learns from the sum it gets how it was
/// made. The length of a message depends on the count alone. A client can spoil the sum. A silent
/// client stops the round: `waitingFor` says who is missing.
public struct PaillierSumTerms: Hashable, Sendable {
  public let label: MaskLabel
  /// How many words each vector has.
  public let count: Int
  /// By id, ascending. The first one tells the total.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let key: PaillierPublicKey
  public let packing: PaillierPacking
  /// The hash of the roster under which the key was set up.
  public let roster: ContentHash

  /// - Throws: `PaillierRefusal.terms` with `tooFewClients` below three, `aggregatorIsClient`, or
  ///   `otherKeys` if the roster is of another attempt than the label.
  public init(
    _ label: MaskLabel, count: Int, key: PaillierPublicKey, packing: PaillierPacking,
    roster: KeyRoster, aggregator: PartyID
  ) throws(PaillierRefusal) {
    guard roster.scope == label.scope else { throw .terms(.otherKeys) }
    clients = try paillierClients(roster, aggregator: aggregator)
    self.label = label
    self.count = count
    self.aggregator = aggregator
    self.key = key
    self.packing = packing
    self.roster = roster.hash
  }

  func ciphertexts(_ bytes: [UInt8]) -> PaillierCiphertexts {
    PaillierCiphertexts(key: key.id, packing: packing, count: count, bytes: bytes)
  }
}

/// The SHA-256 by which two clients see that they have the same sum.
func totalHash(_ words: [UInt64]) -> ContentHash {
  var writer = ByteWriter()
  writer.write("moira/paillier/total/1")
  writer.write(words)
  return sha256(writer.bytes)
}
