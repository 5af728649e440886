internal import MoiraCrypto
internal import MoiraModel

/// One survivor's shares, checked: by dealer, one of each.
struct Unmasking: Sendable {
  let shares: [PartyID: SecretShare]

  /// - Throws: `wrongShareCount`, `unfitShare` of the dealer whose share has another point than the
  ///   sender's, or is none.
  init(
    seeds: [[UInt8]], keys: [[UInt8]], of sender: PartyID, survivors: Set<PartyID>,
    listed: Set<PartyID>, _ terms: SecureSumTerms
  ) throws(ProtocolViolation) {
    let dealers = terms.graph.neighbourhood(of: sender).filter { listed.contains($0) }
    let alive = dealers.filter { survivors.contains($0) }
    let gone = dealers.filter { !survivors.contains($0) }
    for (sent, expected) in [(seeds.count, alive.count), (keys.count, gone.count)]
    where sent != expected {
      throw ProtocolViolation(sender, secure: .wrongShareCount(sent: sent, expected: expected))
    }
    var shares: [PartyID: SecretShare] = [:]
    for (dealer, bytes) in zip(alive + gone, seeds + keys) {
      guard let share = try? SecretShare(bytes: bytes),
        share.point == terms.graph.point(of: sender, in: dealer)
      else { throw ProtocolViolation(sender, secure: .unfitShare(of: dealer)) }
      shares[dealer] = share
    }
    self.shares = shares
  }
}

extension Unmasking {
  /// Puts secrets together, and finds the masks that are left in the sum of the survivors' uploads.
  struct Masks {
    private let terms: SecureSumTerms
    private let label: MaskLabel
    private let keys: KeyRoster
    private let listed: [PartyID: RoundOffer]
    /// Made once for each set of points.
    private var interpolations: [[Int]: ShamirInterpolation] = [:]

    init(
      _ terms: SecureSumTerms, label: MaskLabel, keys: KeyRoster, listed: [PartyID: RoundOffer]
    ) {
      self.terms = terms
      self.label = label
      self.keys = keys
      self.listed = listed
    }

    /// What takes the masks away: each survivor's own, and what it shared with those that are gone.
    ///
    /// - Throws: `otherSecret` of a client whose shares give what it did not bind itself to.
    consuming func masks(
      _ answers: [PartyID: Unmasking], survivors: [PartyID]
    ) throws(ProtocolViolation) -> [SignedMask] {
      let alive = Set(survivors)
      var masks: [SignedMask] = []
      for (party, offer) in listed.sorted(by: { $0.key < $1.key }) {
        let secret = try secret(of: party, answers)
        if alive.contains(party) {
          masks.append(try ownMask(secret, of: party, offer))
        } else {
          masks += try pairMasks(secret, of: party, with: alive)
        }
      }
      return masks
    }

    /// The 32 bytes of the t shares by whoever comes first by id.
    private mutating func secret(
      of dealer: PartyID, _ answers: [PartyID: Unmasking]
    ) throws(ProtocolViolation) -> [UInt8] {
      let holders = terms.graph.neighbourhood(of: dealer)
      let shares = holders.compactMap { answers[$0]?.shares[dealer] }.prefix(terms.threshold)
      do throws(ShamirError) {
        let points = shares.map(\.point)
        return try interpolation(of: points, holders: holders.count).combine(Array(shares))
      } catch {
        throw ProtocolViolation(dealer, secure: .otherSecret(of: dealer))
      }
    }

    private mutating func interpolation(
      of points: [Int], holders: Int
    ) throws(ShamirError) -> ShamirInterpolation {
      if let known = interpolations[points] { return known }
      let shamir = try ShamirShares(threshold: terms.threshold, parties: holders)
      let made = try shamir.interpolation(of: points)
      interpolations[points] = made
      return made
    }

    private func ownMask(
      _ secret: [UInt8], of party: PartyID, _ offer: RoundOffer
    ) throws(ProtocolViolation) -> SignedMask {
      guard terms.commitment(to: secret, of: party, round: offer.round) == offer.commitment,
        let seed = try? MaskSeed(bytes: secret)
      else { throw ProtocolViolation(party, secure: .otherSecret(of: party)) }
      let mask = MaskSeed.ofSelf(seed, label: label, party: party, roster: keys.hash)
      return SignedMask(.subtract, MaskStream(seed: mask))
    }

    /// What `party` would have added, with those survivors that are its neighbours: theirs cancel.
    private func pairMasks(
      _ secret: [UInt8], of party: PartyID, with alive: Set<PartyID>
    ) throws(ProtocolViolation) -> [SignedMask] {
      let peers = alive.intersection(terms.graph.neighbours(of: party))
      guard let pair = try? MaskKeyPair(secretBytes: secret), keys[party] == pair.publicKey,
        let masking = try? MaskingKeys(own: party, keyPair: pair, roster: keys, peers: peers),
        let masks = try? masking.masks(for: label)
      else { throw ProtocolViolation(party, secure: .otherSecret(of: party)) }
      return masks
    }
  }
}
