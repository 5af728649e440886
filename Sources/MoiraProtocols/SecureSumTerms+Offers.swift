internal import MoiraCrypto
internal import MoiraModel

/// What the aggregator does with offers.
extension SecureSumTerms {
  /// Checks an offer that `sender` made.
  ///
  /// - Parameter others: The offers for the same round so far; no two have one key.
  func check(
    _ offer: RoundOffer, from sender: PartyID, beside others: [PartyID: RoundOffer]
  ) throws(ProtocolViolation) {
    do throws(MaskKeyError) {
      _ = try MaskPublicKey(forOneUse: offer.key)
    } catch {
      throw ProtocolViolation(sender, .unfitKey(of: sender, error))
    }
    let expected = graph.neighbours(of: sender).count
    guard offer.shares.count == expected else {
      throw ProtocolViolation(
        sender, secure: .wrongShareCount(sent: offer.shares.count, expected: expected))
    }
    guard offer.shares.allSatisfy({ $0.count == RoundOffer.sealedByteCount }) else {
      throw ProtocolViolation(sender, secure: .unfitShare(of: sender))
    }
    let statement = offerStatement(
      sender, round: offer.round, key: offer.key, commitment: offer.commitment)
    guard identities[sender]?.isValid(offer.signature, for: statement) == true else {
      throw ProtocolViolation(sender, secure: .badSignature(.offer, of: sender))
    }
    let owner = others.first { $0.key != sender && $0.value.key == offer.key }?.key
    if let owner { throw ProtocolViolation(sender, .sharedKey(owner, sender)) }
  }

  /// The roster of those who offered, for one of the clients.
  func roster(
    _ offers: [PartyID: RoundOffer], round: Int, for client: PartyID
  ) -> RoundRoster {
    let listed = offers.sorted { $0.key < $1.key }
    let entries = listed.map { party, offer in
      RoundRoster.Entry(party: party, key: offer.key, commitment: offer.commitment)
    }
    guard offers[client] != nil else {
      return RoundRoster(round: round, entries: entries, shares: [])
    }
    let shares: [[UInt8]] = listed.compactMap { dealer, offer in
      graph.neighbours(of: dealer).firstIndex(of: client).map { offer.shares[$0] }
    }
    return RoundRoster(round: round, entries: entries, shares: shares)
  }
}
