internal import MoiraCrypto
internal import MoiraModel

/// A round's roster that one client has found right, and what the client has of it.
struct CheckedRoster: Sendable {
  let keys: KeyRoster
  /// The client's secrets with its neighbours in the round; nil if it is not in the round itself.
  let masking: MaskingKeys?
  /// Its shares of the secrets of its neighbours in the round, and of its own, by dealer.
  let held: [PartyID: HeldShares]
}

extension SecureSumGround {
  /// Checks a roster against the rules of step 1, and opens the shares.
  ///
  /// - Parameter secrets: What the client offered for the round.
  /// - Complexity: one X25519 and one opening for each neighbour.
  func check(
    _ roster: RoundRoster, round: Int, secrets: RoundSecrets, from sender: PartyID
  ) throws(ProtocolViolation) -> CheckedRoster {
    guard roster.round == round else {
      throw ProtocolViolation(
        sender, secure: .otherRound(.roster, sent: roster.round, agreed: round))
    }
    try checkList(roster.entries.map(\.party), kind: .roster, from: sender)
    let own = roster.entries.first { $0.party == self.own }
    if let own, own.key != secrets.offer.key {
      throw ProtocolViolation(sender, .alteredKey(of: self.own))
    }
    let keys = try keyRoster(roster, from: sender)
    guard own != nil else {
      try expect(roster.shares.count, 0, from: sender)
      return CheckedRoster(keys: keys, masking: nil, held: [:])
    }
    let held = try open(roster, secrets, from: sender)
    return CheckedRoster(
      keys: keys, masking: try masking(keys, secrets, from: sender), held: held)
  }

  /// Checks that clients are listed once, by id, and are enough.
  func checkList(
    _ parties: [PartyID], kind: SecureSumRule.Kind, from sender: PartyID
  ) throws(ProtocolViolation) {
    for (one, next) in zip(parties, parties.dropFirst()) where one >= next {
      throw ProtocolViolation(sender, .listedTwice(max(one, next)))
    }
    if let stranger = parties.first(where: { !terms.clients.contains($0) }) {
      throw ProtocolViolation(sender, .unplanned(stranger))
    }
    guard parties.count >= terms.threshold else {
      throw ProtocolViolation(
        sender, secure: .tooFewListed(kind, parties.count, needed: terms.threshold))
    }
  }

  private func keyRoster(
    _ roster: RoundRoster, from sender: PartyID
  ) throws(ProtocolViolation) -> KeyRoster {
    var entries: [(party: PartyID, key: MaskPublicKey)] = []
    for entry in roster.entries {
      do throws(MaskKeyError) {
        entries.append((party: entry.party, key: try MaskPublicKey(forOneUse: entry.key)))
      } catch {
        throw ProtocolViolation(sender, .unfitKey(of: entry.party, error))
      }
    }
    return try checkedRoster(terms.scope, entries, from: sender)
  }

  private func masking(
    _ keys: KeyRoster, _ secrets: RoundSecrets, from sender: PartyID
  ) throws(ProtocolViolation) -> MaskingKeys {
    do throws(MaskingError) {
      return try MaskingKeys(
        own: own, keyPair: secrets.keyPair, roster: keys,
        peers: Set(terms.graph.neighbours(of: own)))
    } catch {
      guard case .unfitKey(let party, let error) = error else {
        throw ProtocolViolation(sender, .alteredKey(of: own))
      }
      throw ProtocolViolation(sender, .unfitKey(of: party, error))
    }
  }

  private func open(
    _ roster: RoundRoster, _ secrets: RoundSecrets, from sender: PartyID
  ) throws(ProtocolViolation) -> [PartyID: HeldShares] {
    let dealers = roster.entries.filter { terms.graph.areNeighbours(own, $0.party) }
    try expect(roster.shares.count, dealers.count, from: sender)
    var held = [own: secrets.ownShares]
    for (dealer, sealed) in zip(dealers, roster.shares) {
      let context = terms.sealContext(
        round: roster.round, key: dealer.key, commitment: dealer.commitment)
      held[dealer.party] = try open(sealed, of: dealer.party, context: context, from: sender)
    }
    return held
  }

  private func open(
    _ sealed: [UInt8], of dealer: PartyID, context: [UInt8], from sender: PartyID
  ) throws(ProtocolViolation) -> HeldShares {
    let bytes: [UInt8]
    do throws(ShareSealError) {
      bytes = try seals.open(
        sealed, from: dealer, context: context, byteCount: HeldShares.byteCount)
    } catch {
      let rule: SecureSumRule =
        error == .broken ? .brokenSeal(of: dealer) : .unfitShare(of: dealer)
      throw ProtocolViolation(sender, secure: rule)
    }
    guard let point = terms.graph.point(of: own, in: dealer),
      let shares = try? HeldShares(bytes: bytes, point: point)
    else { throw ProtocolViolation(sender, secure: .unfitShare(of: dealer)) }
    return shares
  }

  private func expect(
    _ sent: Int, _ expected: Int, from sender: PartyID
  ) throws(ProtocolViolation) {
    guard sent == expected else {
      throw ProtocolViolation(sender, secure: .wrongShareCount(sent: sent, expected: expected))
    }
  }
}

extension ProtocolViolation {
  init(_ sender: PartyID, secure rule: SecureSumRule) { self.init(sender, .secure(rule)) }
}
