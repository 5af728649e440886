public import MoiraCrypto
public import MoiraModel

/// A client's side of one secure sum; see `SecureSumTerms`. Ends with the sum over the survivors.
///
///                    roster with it                survivors                  t tags
///     offered ──────────────────────▶ uploaded ───────────────▶ confirmed ──────────────▶ unmasked
///        │                               ▲ │  (to unmasked at once: passive; t tags of all)  │
///        │ roster without it             │ └──────────────┐ total                            │ total
///        ▼                               │                ▼                                  ▼
///       out ────────── total ────────────┼─────────────▶ done ◀──────────────────────────────┘
///                                        └ in the roster that the last total brought
///
/// Cannot be copied, and takes the round's secrets out of the session: so no second vector goes out
/// under its masks, and no second set of survivors is answered. A total ends every phase: a client that
/// was too late, or out, goes on with it.
public struct SecureSumClient: ~Copyable, ProtocolMachine {
  public typealias Message = SecureSumMessage
  public typealias Output = SummedWords

  enum Phase: Equatable {
    case offered, uploaded, out, done
    case confirmed([PartyID])
    case unmasked([PartyID])
  }

  let session: SecureSumSession
  let label: MaskLabel
  private let count: Int
  private let workers: Workers
  /// The summand, until it has gone out masked.
  private var words: [UInt64]
  /// For this round, until it is masked and shared out.
  private var secrets: RoundSecrets?
  /// For the round after this one.
  private let next: RoundSecrets
  private var roster: CheckedRoster?
  private(set) var phase = Phase.offered

  /// Begins a round.
  ///
  /// - Parameters:
  ///   - label: Its round is higher than all before; its scope is that of the terms.
  ///   - words: The client's summand.
  ///   - workers: Who makes the masks.
  /// - Throws: `SecureSumRefusal.roundUsed`; `terms` with `otherKeys`.
  public init(
    _ session: SecureSumSession, label: MaskLabel, words: consuming [UInt64],
    workers: Workers = .serial, using generator: inout some RandomNumberGenerator
  ) throws(SecureSumRefusal) {
    guard label.scope == session.terms.scope else { throw .terms(.otherKeys) }
    let left = try session.begin(label.round)
    let isFirst = left.roster == nil
    let secrets =
      isFirst
      ? try RoundSecrets(session.ground, round: label.round, using: &generator) : left.secrets
    let next = try RoundSecrets(session.ground, round: label.round + 1, using: &generator)
    self.session = session
    self.label = label
    self.count = words.count
    self.words = words
    self.workers = workers
    roster = left.roster
    self.secrets = secrets
    self.next = next
  }

  /// The upload, or what brings the client into a round.
  public mutating func start() -> [Outbound<SecureSumMessage>] {
    guard phase == .offered else { return [] }
    if roster != nil { return enter() }
    guard let secrets else { return [] }
    return toAggregator(.offer(terms: terms.hash, secrets.offer))
  }

  public mutating func receive(
    _ message: SecureSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SummedWords> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    if case .roster(let sent, let roster) = message {
      return try take(roster, terms: sent, from: sender)
    }
    guard let header, let sent = message.header else {
      throw ProtocolViolation(sender, secure: .unexpected(message.kind))
    }
    try sent.check(against: header, from: sender)
    switch message {
    case .survivors(_, let survivors): return try answer(survivors, header, from: sender)
    case .confirmed(_, let confirmations):
      return try unmask(confirmations, header, from: sender)
    case .total(_, let survivors, let words, let next):
      return try finish(survivors, words, next, from: sender)
    default: throw ProtocolViolation(sender, secure: .unexpected(message.kind))
    }
  }

  private var terms: SecureSumTerms { session.terms }
  private var own: PartyID { session.own }

  /// Who is in the round, by id.
  private var listed: [PartyID] { roster?.keys.parties ?? [] }

  /// What every message of the sum begins with, once the roster is known.
  private var header: SumHeader? {
    roster.map { SumHeader(secure: label, count: count, roster: $0.keys.hash) }
  }

  private func toAggregator(_ message: SecureSumMessage) -> [Outbound<SecureSumMessage>] {
    [Outbound(to: terms.aggregator, message)]
  }

  // MARK: Steps 1 and 2

  private mutating func take(
    _ sent: RoundRoster, terms hash: ContentHash, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SummedWords> {
    guard roster == nil, let secrets else {
      throw ProtocolViolation(sender, secure: .replayed(.roster))
    }
    guard hash == terms.hash else { throw ProtocolViolation(sender, .otherRoster) }
    roster = try session.ground.check(sent, round: label.round, secrets: secrets, from: sender)
    return .send(enter())
  }

  /// Into the round with a masked upload; or, if the roster is without the client, on to the next.
  private mutating func enter() -> [Outbound<SecureSumMessage>] {
    guard let header, let masks = takeMasks() else {
      phase = .out
      words = []
      return toAggregator(.offer(terms: terms.hash, next.offer))
    }
    var masked = words
    words = []
    applyMasks(masks, to: &masked, workers: workers)
    phase = .uploaded
    let tags = terms.isActive ? tags(listed, header) : []
    return toAggregator(.upload(header, words: masked, next: next.offer, tags: tags))
  }

  /// The masks of the round; nil if the client is not in it.
  private mutating func takeMasks() -> [SignedMask]? {
    guard let roster, let masking = roster.masking, let secrets = secrets.take(),
      let pairs = try? masking.masks(for: label)
    else { return nil }
    let seed = MaskSeed.ofSelf(
      secrets.seed, label: label, party: own, roster: roster.keys.hash)
    return pairs + [SignedMask(.add, MaskStream(seed: seed))]
  }

  // MARK: Steps 3 to 5

  private mutating func answer(
    _ survivors: [PartyID], _ header: SumHeader, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SummedWords> {
    switch phase {
    case .uploaded: break
    case .confirmed(let first), .unmasked(let first):
      throw ProtocolViolation(
        sender, secure: first == survivors ? .replayed(.survivors) : .otherSurvivors)
    case .offered, .out, .done:
      throw ProtocolViolation(sender, secure: .unexpected(.survivors))
    }
    try check(survivors, from: sender)
    guard survivors.contains(own) else {
      throw ProtocolViolation(sender, secure: .notASurvivor(own))
    }
    guard terms.graph.short([own], of: Set(survivors)).isEmpty else {
      throw ProtocolViolation(
        sender, secure: .tooFewListed(.survivors, survivors.count, needed: terms.threshold))
    }
    guard terms.isActive else { return .send(unmasking(survivors, header)) }
    phase = .confirmed(survivors)
    return .send(toAggregator(.confirmation(header, tags: tags(survivors, header))))
  }

  /// What tells each neighbour among the survivors that this client has seen them too.
  private func tags(_ survivors: [PartyID], _ header: SumHeader) -> [[UInt8]] {
    let statement = terms.survivorsStatement(header, survivors)
    let alive = Set(survivors)
    return terms.graph.neighbours(of: own).filter { alive.contains($0) }
      .compactMap { try? session.ground.tags.tag(statement, for: $0) }
  }

  private mutating func unmask(
    _ confirmations: [SecureSumMessage.Confirmation], _ header: SumHeader, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SummedWords> {
    let survivors: [PartyID]
    switch phase {
    case .confirmed(let set): survivors = set
    case .uploaded where terms.isActive: survivors = listed
    case .unmasked: throw ProtocolViolation(sender, secure: .replayed(.confirmed))
    default: throw ProtocolViolation(sender, secure: .unexpected(.confirmed))
    }
    let statement = terms.survivorsStatement(header, survivors)
    let neighbours = Set(terms.graph.neighbours(of: own)).intersection(survivors)
    var named: Set<PartyID> = [own]
    // It has confirmed the set itself. A tag that is none does not count, and spoils nothing: the
    // aggregator cannot tell one from another.
    var confirmed = 1
    for confirmation in confirmations {
      let party = confirmation.party
      guard neighbours.contains(party) else {
        throw ProtocolViolation(sender, secure: .notASurvivor(party))
      }
      guard named.insert(party).inserted else {
        throw ProtocolViolation(sender, .listedTwice(party))
      }
      if session.ground.tags.isValid(confirmation.tag, for: statement, from: party) {
        confirmed += 1
      }
    }
    guard confirmed >= terms.threshold else {
      throw ProtocolViolation(
        sender, secure: .tooFewConfirmed(confirmed, needed: terms.threshold))
    }
    return .send(unmasking(survivors, header))
  }

  /// One share for each neighbour: of its seed if it survived, of its key if not.
  private mutating func unmasking(
    _ survivors: [PartyID], _ header: SumHeader
  ) -> [Outbound<SecureSumMessage>] {
    let alive = Set(survivors)
    var seeds: [[UInt8]] = []
    var keys: [[UInt8]] = []
    for (dealer, shares) in (roster?.held ?? [:]).sorted(by: { $0.key < $1.key }) {
      if alive.contains(dealer) {
        seeds.append(shares.seed.bytes)
      } else {
        keys.append(shares.key.bytes)
      }
    }
    phase = .unmasked(survivors)
    forgetShares()
    return toAggregator(.unmasking(header, seeds: seeds, keys: keys))
  }

  private mutating func forgetShares() {
    roster = roster.map { CheckedRoster(keys: $0.keys, masking: nil, held: [:]) }
  }

  // MARK: Step 6

  private mutating func finish(
    _ survivors: [PartyID], _ words: [UInt64], _ following: RoundRoster, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SummedWords> {
    if phase == .done { throw ProtocolViolation(sender, secure: .replayed(.total)) }
    try check(survivors, from: sender)
    switch phase {
    case .confirmed(let first), .unmasked(let first):
      if first != survivors { throw ProtocolViolation(sender, secure: .otherSurvivors) }
    default: break
    }
    guard words.count == count else {
      throw ProtocolViolation(sender, .countMismatch(announced: count, sent: words.count))
    }
    let checked = try session.ground.check(
      following, round: label.round + 1, secrets: next, from: sender)
    session.end(roster: checked, secrets: next)
    phase = .done
    forgetShares()
    return .finish(SummedWords(words: words, parties: survivors))
  }

  private func check(
    _ survivors: [PartyID], from sender: PartyID
  ) throws(ProtocolViolation) {
    try session.ground.checkList(survivors, kind: .survivors, from: sender)
    let listed = Set(listed)
    if let stranger = survivors.first(where: { !listed.contains($0) }) {
      throw ProtocolViolation(sender, secure: .notInRound(stranger))
    }
  }
}
