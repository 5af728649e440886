public import MoiraCrypto
public import MoiraModel

/// What all agree on before one client makes the Paillier key of all.
///
/// The protocol, of four steps, after a key agreement (`KeyAgreementTerms`) whose keys seal what
/// passes through the aggregator:
///
/// 1. *Key.* The key holder makes a key pair and sends the aggregator the modulus n, the proof that
///    gcd(n, φ(n)) = 1 (see `PaillierKeyProof`), and both primes sealed for each other client (see
///    `PairSeals`).
/// 2. *Announcement.* The aggregator checks n and its proof, and passes on n, the proof and the
///    sealed primes to each other client.
/// 3. *Receipt.* A client checks n and its proof, opens the seal, checks that the primes have the
///    form they must have and that their product is n, and answers with the SHA-256 of n.
/// 4. *Agreed.* When all receipts name its own n, the aggregator says so to all clients. Every sum
///    names the key again.
///
/// The aggregator learns n, and no prime; each client learns all. So a client that works together
/// with the aggregator, or with whoever carries the messages, reads every upload: the method holds
/// against an aggregator that colludes with no client, and no further. No number that blinds comes
/// from the key holder: n is all that it chooses, and hₛ follows from n at each party. An aggregator
/// that exchanges X25519 keys reads the seals: see `KeyAgreementTerms`. A silent party keeps all
/// waiting; `waitingFor` says who is missing.
public struct PaillierKeyTerms: Hashable, Sendable {
  public let scope: TaskScope
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let holder: PartyID
  /// Bits of n.
  public let keyLength: Int
  /// The hash of the roster of the keys that seal.
  public let roster: ContentHash

  /// - Parameter holder: Who makes the key; nil for the first client by id.
  /// - Throws: `PaillierRefusal.terms` with `tooFewClients` below three, `aggregatorIsClient`,
  ///   `notAClient` for the holder; `key` with `wrongLength`.
  public init(
    roster: KeyRoster, aggregator: PartyID, holder: PartyID? = nil, keyLength: Int = 3072
  ) throws(PaillierRefusal) {
    guard PaillierPublicKey.lengths.contains(keyLength) else {
      throw .key(.wrongLength(bits: keyLength))
    }
    clients = try paillierClients(roster, aggregator: aggregator)
    let holder = holder ?? clients[0]
    guard clients.contains(holder) else { throw .terms(.notAClient(holder)) }
    scope = roster.scope
    self.aggregator = aggregator
    self.holder = holder
    self.keyLength = keyLength
    self.roster = roster.hash
  }

  /// Those who get the primes sealed, by id.
  var others: [PartyID] { clients.filter { $0 != holder } }
}

func paillierClients(
  _ roster: KeyRoster, aggregator: PartyID
) throws(PaillierRefusal) -> [PartyID] {
  guard roster.parties.count >= KeyAgreementTerms.leastClients else {
    throw .terms(.tooFewClients(roster.parties.count))
  }
  do {
    return try checkedClients(roster.parties, aggregator: aggregator)
  } catch {
    throw .terms(error)
  }
}

extension PaillierKeyTerms {
  /// The modulus that `sender` sent, if it is fit.
  func checkedKey(
    _ modulus: [UInt8], _ proof: [UInt8], from sender: PartyID
  ) throws(ProtocolViolation) -> PaillierPublicKey {
    do throws(PaillierKeyError) {
      guard modulus.count == keyLength / 8 else {
        throw .wrongLength(bits: modulus.count * 8)
      }
      let key = try PaillierPublicKey(modulus)
      try PaillierKeyProof(bytes: proof).check(key)
      return key
    } catch {
      throw ProtocolViolation(sender, .paillier(.unfitKey(error)))
    }
  }

  /// What seals primes; the key's id is authenticated beside them.
  func seals(_ keys: MaskingKeys) -> PairSeals {
    PairSeals(keys, purpose: "paillier/key", scope: scope)
  }
}
