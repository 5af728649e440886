public import MoiraCrypto
public import MoiraModel

/// What hides the words of an upload.
public enum SumMethod: UInt8, Hashable, Sendable, CaseIterable {
  /// Nothing: the aggregator reads every upload. For tests and comparison.
  case none = 0
  /// Pairwise masks that cancel in the sum.
  case pairwiseMasks = 1

  var word: String {
    switch self {
    case .none: "none"
    case .pairwiseMasks: "secure_aggregation"
    }
  }
}

/// What all agree on before one vector is summed.
///
/// The protocol, of two steps; Bonawitz et al., CCS 2017 (ePrint 2017/281), section 4.0.1, with
/// all clients present:
///
/// 1. Each client i sends yᵢ = xᵢ + Σⱼ₍ⱼ﹥ᵢ₎ PRG(sᵢⱼ) − Σⱼ₍ⱼ﹤ᵢ₎ PRG(sᵢⱼ) in ℤ₂⁶⁴, under a header that
///    says what it is.
/// 2. The aggregator checks every header against these terms, adds up, and when all are in sends
///    Σ yᵢ = Σ xᵢ to each client.
///
/// All learn the sum. Beyond it, the aggregator and up to n − 2 clients with it learn nothing of
/// the others' vectors, if the keys are the clients' own (see `KeyAgreementTerms`); with n − 1
/// clients the sum itself tells the last vector. A client can spoil the sum, and nobody can tell
/// whether the aggregator added rightly. A silent client stops the round: the driver's deadline
/// ends it, and `waitingFor` says who is missing. It must not be summed again without that client
/// under the same keys.
///
/// With `SumMethod.none` words, headers and checks are the same, so that the sum is too, bit by
/// bit; but the aggregator reads all.
public struct MaskedSumTerms: Hashable, Sendable {
  public let label: MaskLabel
  /// How many words each vector has.
  public let count: Int
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let method: SumMethod
  /// The hash of the key roster; nil without masks.
  public let roster: ContentHash?

  /// With pairwise masks among the parties of a roster.
  ///
  /// - Throws: `ProtocolRefusal.tooFewClients` below three, `aggregatorIsClient`, and `otherKeys`
  ///   if the roster is of another attempt than the label.
  public init(
    _ label: MaskLabel, count: Int, roster: KeyRoster, aggregator: PartyID
  ) throws(ProtocolRefusal) {
    guard roster.parties.count >= KeyAgreementTerms.leastClients else {
      throw .tooFewClients(roster.parties.count)
    }
    guard roster.scope == label.scope else { throw .otherKeys }
    self.label = label
    self.count = count
    clients = try checkedClients(roster.parties, aggregator: aggregator)
    self.aggregator = aggregator
    method = .pairwiseMasks
    self.roster = roster.hash
  }

  /// Without protection: every upload is read by the aggregator.
  public init(
    unprotected label: MaskLabel, count: Int, clients: [PartyID], aggregator: PartyID
  ) throws(ProtocolRefusal) {
    guard !clients.isEmpty else { throw .noClients }
    self.label = label
    self.count = count
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
    method = .none
    roster = nil
  }
}
