public import MoiraCrypto
public import MoiraModel

/// How vectors are split into shares.
public enum SharingForm: Hashable, Sendable {
  /// Over ℤ₂⁶⁴; all n are needed.
  case additive
  /// Over GF(2¹²⁷ − 1); any t of n are enough, t > n / 2.
  case shamir(threshold: Int)

  var word: String {
    switch self {
    case .additive: "additive"
    case .shamir(let threshold): "shamir with threshold \(threshold)"
    }
  }
}

/// What all agree on before one vector is summed by shares.
///
/// The protocol, of four steps; the shares pass through the aggregator, sealed between each two
/// clients (see `ShareSeals`), as in round 1 of Bonawitz et al., CCS 2017 (ePrint 2017/281), fig. 4:
///
/// 1. *Deal.* Each client splits its vector into n shares, keeps its own, seals each other one for
///    its receiver and sends all to the aggregator.
/// 2. *Announcement.* When all have dealt, or the driver has given up on the others, the aggregator
///    names to each client of U, those who dealt, the set U, and passes on the shares for it.
/// 3. *Summed share.* Each client refuses a U that lacks itself, is too small or is the second one
///    of the round, opens the shares of the others in U, and sends the sum of these and its own.
/// 4. *Total.* The aggregator adds up (additive) or interpolates t of the summed shares (Shamir) and
///    sends the sum and U to all. The sum equals that of the masked sum, bit by bit.
///
/// Additive: U is all clients. What travels of a share is a seed (see `AdditiveShares`): each client
/// sends about 90·n bytes and one vector, 8 bytes an element, and receives as much. Shamir: t − 1 of
/// a client's shares are seeds, n − t are vectors of 16 bytes an element (see `ShamirShares`): each
/// client sends (n − t + 1) · 16 bytes an element, and the aggregator passes on (n − t)·n vectors.
///
/// All learn the sum over U, and U. Beyond it, an aggregator that follows the protocol learns nothing
/// together with k clients, if at least two clients of U are not among them (else the sum tells), and
/// with Shamir k < t. If the aggregator lies about U, two sums over different sets would give away
/// their difference: with Shamir two sets need t summed shares each and 2t > n, so that it takes
/// 2t − n clients who answer twice. The additive sum over anything but all is noise. Keys that the
/// aggregator has exchanged open everything: see `KeyAgreementTerms`. A client can spoil the sum,
/// and nobody can tell whether the aggregator summed rightly; no sum that n vectors cannot have is
/// given out.
///
/// A silent client stops the additive round: `giveUp` ends it with its name. With Shamir it costs
/// its own vector if silent before step 2, and nothing after it, while t stay.
public struct SharedSumTerms: Hashable, Sendable {
  public let label: MaskLabel
  /// How many words each vector has.
  public let count: Int
  /// By id, ascending. The k-th one, from 1, has point k.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let form: SharingForm
  /// The hash of the roster of the keys that seal the shares.
  public let roster: ContentHash

  /// - Throws: `SecretSharingRefusal.terms` with `tooFewClients` below three, `aggregatorIsClient`
  ///   or `otherKeys`; `thresholdOutOfRange`.
  public init(
    _ label: MaskLabel, count: Int, form: SharingForm, roster: KeyRoster, aggregator: PartyID
  ) throws(SecretSharingRefusal) {
    self.label = label
    self.count = count
    self.form = form
    self.aggregator = aggregator
    clients = try sharingClients(roster, of: label, aggregator: aggregator)
    self.roster = roster.hash
    if case .shamir(let threshold) = form {
      guard threshold > clients.count / 2, threshold <= clients.count else {
        throw .thresholdOutOfRange(threshold, clients: clients.count)
      }
    }
  }

  /// How many summed shares give the sum.
  public var neededShares: Int {
    switch form {
    case .additive: clients.count
    case .shamir(let threshold): threshold
    }
  }

  /// How many must be in U at least.
  public var leastSummed: Int { max(neededShares, KeyAgreementTerms.leastClients) }
}

private func sharingClients(
  _ roster: KeyRoster, of label: MaskLabel, aggregator: PartyID
) throws(SecretSharingRefusal) -> [PartyID] {
  guard roster.parties.count >= KeyAgreementTerms.leastClients else {
    throw .terms(.tooFewClients(roster.parties.count))
  }
  guard roster.scope == label.scope else { throw .terms(.otherKeys) }
  do {
    return try checkedClients(roster.parties, aggregator: aggregator)
  } catch {
    throw .terms(error)
  }
}
