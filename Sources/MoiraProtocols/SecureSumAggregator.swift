public import MoiraCrypto
public import MoiraModel

/// The aggregator's side of one secure sum; see `SecureSumTerms`.
///
///     offering ──▶ uploading ──▶ confirming ──▶ unmasking ──▶ done
///       └ first      └ all of the   └ active      └ t shares of every secret
///         round        roster, or     mode, and     that is needed
///         only         t by the       not all
///                      deadline       are there
///
/// Adds each upload when it comes and keeps none. Of `confirming` and `unmasking` it waits for no more
/// than are needed. What comes too late for its step counts for nothing; an upload that does stays
/// masked, and its offer for the next round is taken.
public struct SecureSumAggregator: DeadlineMachine {
  public typealias Message = SecureSumMessage
  public typealias Output = SecureSumOutcome

  enum Phase: Int {
    case offering, uploading, confirming, unmasking, done
  }

  private(set) var standing: SecureSumStanding
  let label: MaskLabel
  let count: Int
  let workers: Workers
  private(set) var phase: Phase
  /// Who is in the round, with what it offered.
  private(set) var listed: [PartyID: RoundOffer]
  /// Of those listed; nil until the list is made.
  private(set) var keys: KeyRoster?
  private var sum: [UInt64]
  private var uploaded: Set<PartyID> = []
  /// Who has confirmed the survivors, with its tag for each other one; until they are named, who has
  /// uploaded, with its tags of the set of all listed.
  private var confirmations: [PartyID: [PartyID: [UInt8]]] = [:]
  private var answers: [PartyID: Unmasking] = [:]

  /// - Parameters:
  ///   - standing: What the last sum of the attempt left.
  ///   - label: Its round is higher than all before.
  ///   - noise: `count` words that are added to the sum before it is told.
  /// - Throws: `SecureSumRefusal.roundUsed`; `terms` with `otherKeys`.
  public init(
    _ standing: SecureSumStanding, label: MaskLabel, count: Int, noise: [UInt64]? = nil,
    workers: Workers = .serial
  ) throws(SecureSumRefusal) {
    guard label.scope == standing.terms.scope else { throw .terms(.otherKeys) }
    guard label.round > standing.round else { throw .roundUsed(label.round) }
    self.standing = standing
    self.label = label
    self.count = count
    self.workers = workers
    sum = noise ?? [UInt64](repeating: 0, count: count)
    listed = [:]
    phase = .offering
    if standing.round > 0 {
      listed = standing.offers
      keys = try Self.roster(of: listed, standing.terms)
      phase = .uploading
    }
    self.standing.round = label.round
    self.standing.offers = [:]
  }

  var terms: SecureSumTerms { standing.terms }

  /// U, as far as it stands.
  var survivors: [PartyID] { uploaded.sorted() }

  /// Whose message of this step is not there yet.
  public var waitingFor: [PartyID] {
    switch phase {
    case .offering: terms.clients.filter { listed[$0] == nil }
    case .uploading: listed.keys.filter { !uploaded.contains($0) }.sorted()
    case .confirming: survivors.filter { confirmations[$0] == nil }
    case .unmasking: survivors.filter { answers[$0] == nil }
    case .done: []
    }
  }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<SecureSumMessage>] { [] }

  public mutating func receive(
    _ message: SecureSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecureSumMessage, SecureSumOutcome> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    switch message {
    case .offer(let sent, let offer):
      guard sent == terms.hash else { throw ProtocolViolation(sender, .otherRoster) }
      try take(offer, from: sender)
    case .upload(let header, let words, let next, let tags):
      guard try isCurrent(header, message.kind, words: words.count, from: sender) else {
        return .wait
      }
      try take(words, next, tags, from: sender)
    case .confirmation(let header, let tags):
      guard try isCurrent(header, message.kind, from: sender) else { return .wait }
      try take(tags: tags, from: sender)
    case .unmasking(let header, let seeds, let keys):
      guard try isCurrent(header, message.kind, from: sender) else { return .wait }
      try take(seeds: seeds, keys: keys, from: sender)
    case .roster, .survivors, .confirmed, .total:
      throw ProtocolViolation(sender, secure: .unexpected(message.kind))
    }
    return try proceed()
  }

  /// Goes on with those who have answered.
  ///
  /// - Throws: `SecureSumRefusal.tooFewLeft`, with those who have not.
  public mutating func deadline() throws -> Step<SecureSumMessage, SecureSumOutcome> {
    let missing = waitingFor
    switch phase {
    case .offering where isEnough(Set(listed.keys)): return .send(try list())
    case .uploading where isEnough(uploaded): return announce()
    case .done: return .wait
    default:
      let kind: SecureSumRule.Kind =
        switch phase {
        case .offering: .offer
        case .uploading: .upload
        case .confirming: .confirmation
        default: .unmasking
        }
      let left =
        switch phase {
        case .offering: listed.count
        case .uploading: uploaded.count
        case .confirming: confirmations.count
        default: answers.count
        }
      throw SecureSumRefusal.tooFewLeft(
        kind, missing: missing, left: left, needed: terms.threshold)
    }
  }

  // MARK: What comes in

  /// Whether a message is of this round. One of an earlier round came too late.
  private mutating func isCurrent(
    _ header: SumHeader, _ kind: SecureSumRule.Kind, words: Int? = nil, from sender: PartyID
  ) throws(ProtocolViolation) -> Bool {
    try hear(round: header.round, kind, limit: label.round, from: sender)
    guard header.round == label.round else { return false }
    guard let keys else { throw ProtocolViolation(sender, secure: .unexpected(kind)) }
    let agreed = SumHeader(secure: label, count: count, roster: keys.hash)
    try header.check(against: agreed, words: words, from: sender)
    guard listed[sender] != nil else {
      throw ProtocolViolation(sender, secure: .unexpected(kind))
    }
    return true
  }

  /// Refuses what came before, and what is ahead of everybody.
  private mutating func hear(
    round: Int, _ kind: SecureSumRule.Kind, limit: Int, from sender: PartyID
  ) throws(ProtocolViolation) {
    guard (1...limit).contains(round) else {
      throw ProtocolViolation(
        sender, secure: .otherRound(kind, sent: round, agreed: label.round))
    }
    let stage = SecureSumStanding.Stage(round: round, kind: kind)
    if let last = standing.heard[sender], stage <= last {
      throw ProtocolViolation(sender, secure: .replayed(kind))
    }
    standing.heard[sender] = stage
  }

  private mutating func take(
    _ offer: RoundOffer, from sender: PartyID
  ) throws(ProtocolViolation) {
    try hear(round: offer.round, .offer, limit: label.round + 1, from: sender)
    if offer.round == label.round, phase == .offering {
      try terms.check(offer, from: sender, beside: listed)
      listed[sender] = offer
    } else if offer.round == label.round + 1, phase != .offering {
      try terms.check(offer, from: sender, beside: standing.offers)
      standing.offers[sender] = offer
    }
  }

  private mutating func take(
    _ words: [UInt64], _ next: RoundOffer, _ tags: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) {
    let tags = try checked(tags, of: sender) { terms.isActive && listed[$0] != nil }
    guard next.round == label.round + 1 else {
      throw ProtocolViolation(
        sender, secure: .otherRound(.offer, sent: next.round, agreed: label.round + 1))
    }
    try terms.check(next, from: sender, beside: standing.offers)
    standing.offers[sender] = next
    guard phase == .uploading else { return }
    sum.withUnsafeMutableBufferPointer { sum in
      words.withUnsafeBufferPointer { words in
        for index in 0..<min(sum.count, words.count) { sum[index] &+= words[index] }
      }
    }
    uploaded.insert(sender)
    confirmations[sender] = tags
  }

  private mutating func take(
    tags: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) {
    guard terms.isActive, phase.rawValue >= Phase.confirming.rawValue, uploaded.contains(sender)
    else { throw ProtocolViolation(sender, secure: .unexpected(.confirmation)) }
    let tags = try checked(tags, of: sender, for: uploaded.contains)
    if phase == .confirming { confirmations[sender] = tags }
  }

  /// Tags by whom they are for: one for each neighbour that is meant.
  private func checked(
    _ tags: [[UInt8]], of sender: PartyID, for isMeant: (PartyID) -> Bool
  ) throws(ProtocolViolation) -> [PartyID: [UInt8]] {
    let receivers = terms.graph.neighbours(of: sender).filter(isMeant)
    guard tags.count == receivers.count else {
      throw ProtocolViolation(
        sender, secure: .wrongShareCount(sent: tags.count, expected: receivers.count))
    }
    return Dictionary(uniqueKeysWithValues: zip(receivers, tags))
  }

  private mutating func take(
    seeds: [[UInt8]], keys: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) {
    guard phase == .unmasking || phase == .done, uploaded.contains(sender) else {
      throw ProtocolViolation(sender, secure: .unexpected(.unmasking))
    }
    let answer = try Unmasking(
      seeds: seeds, keys: keys, of: sender, survivors: uploaded, listed: Set(listed.keys), terms)
    if phase == .unmasking { answers[sender] = answer }
  }

  // MARK: What goes out

  /// Whether every secret that may be needed can be put together by these.
  private func isEnough(_ responders: Set<PartyID>) -> Bool {
    responders.count >= terms.threshold
      && terms.graph.short(Array(listed.keys), of: responders).isEmpty
  }

  private mutating func proceed() throws(ProtocolViolation)
    -> Step<SecureSumMessage, SecureSumOutcome>
  {
    switch phase {
    case .offering where listed.count == terms.clients.count:
      do {
        return .send(try list())
      } catch {
        return .wait
      }
    case .uploading where uploaded.count == listed.count: return announce()
    case .confirming where isEnough(Set(confirmations.keys)): return .send(confirm())
    case .unmasking where isEnough(Set(answers.keys)): return try finish()
    default: return .wait
    }
  }

  private mutating func list() throws(SecureSumRefusal) -> [Outbound<SecureSumMessage>] {
    keys = try Self.roster(of: listed, terms)
    phase = .uploading
    return terms.clients.map { client in
      Outbound(
        to: client,
        .roster(terms: terms.hash, terms.roster(listed, round: label.round, for: client)))
    }
  }

  private mutating func announce() -> Step<SecureSumMessage, SecureSumOutcome> {
    guard let header else { return .wait }
    // With their uploads all have confirmed that set already.
    if terms.isActive, uploaded.count == listed.count { return .send(confirm()) }
    confirmations = [:]
    phase = terms.isActive ? .confirming : .unmasking
    let survivors = survivors
    return .send(survivors.map { Outbound(to: $0, .survivors(header, survivors)) })
  }

  private mutating func confirm() -> [Outbound<SecureSumMessage>] {
    guard let header else { return [] }
    phase = .unmasking
    return survivors.map { client in
      let tags = terms.graph.neighbours(of: client).compactMap { party in
        confirmations[party]?[client].map {
          SecureSumMessage.Confirmation(party: party, tag: $0)
        }
      }
      return Outbound(to: client, .confirmed(header, tags))
    }
  }

  private mutating func finish() throws(ProtocolViolation)
    -> Step<SecureSumMessage, SecureSumOutcome>
  {
    guard let header, let keys else { return .wait }
    let masks = try Unmasking.Masks(terms, label: label, keys: keys, listed: listed)
      .masks(answers, survivors: survivors)
    applyMasks(masks, to: &sum, workers: workers)
    phase = .done
    let outcome = SecureSumOutcome(
      sum: SummedWords(words: sum, parties: survivors),
      dropped: listed.keys.filter { !uploaded.contains($0) }.sorted(), standing: standing)
    let offers = standing.offers
    return .finish(
      outcome,
      sending: terms.clients.map { client in
        let next = terms.roster(offers, round: label.round + 1, for: client)
        return Outbound(
          to: client, .total(header, survivors: survivors, words: sum, next: next))
      })
  }

  private var header: SumHeader? {
    keys.map { SumHeader(secure: label, count: count, roster: $0.hash) }
  }

  private static func roster(
    of offers: [PartyID: RoundOffer], _ terms: SecureSumTerms
  ) throws(SecureSumRefusal) -> KeyRoster {
    do {
      let entries = try offers.map {
        (party: $0.key, key: try MaskPublicKey(forOneUse: $0.value.key))
      }
      return try KeyRoster(scope: terms.scope, entries: entries)
    } catch {
      throw .terms(.otherKeys)
    }
  }
}
