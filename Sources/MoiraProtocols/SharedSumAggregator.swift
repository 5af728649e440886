internal import MoiraCrypto
public import MoiraModel

/// The aggregator's side of one sum by shares; see `SharedSumTerms`. Ends with the sum.
///
/// Sees sealed shares and summed shares only. The additive form adds each summed share when it
/// comes; Shamir's keeps them until it knows whose it uses: n vectors in memory.
public struct SharedSumAggregator: DeadlineMachine {
  public typealias Message = SharedSumMessage
  public typealias Output = SummedWords

  private enum Phase {
    case dealing, summing, done
  }

  private let terms: SharedSumTerms
  private let header: SharedSumHeader
  private var phase = Phase.dealing
  private var deals: [PartyID: [[UInt8]]] = [:]
  /// U, once announced; by id.
  private var summed: [PartyID] = []
  private var answered: Set<PartyID> = []
  private var sum: SummedShares
  private var givenUp: Set<PartyID> = []

  private let noise: [UInt64]?
  private let late: Set<PartyID>

  /// - Parameters:
  ///   - noise: Words that are added to the sum before it is told; nil for none.
  ///   - late: Clients that an earlier sum gave up on: what they sent for it may come now, and counts
  ///     for nothing.
  public init(terms: SharedSumTerms, noise: [UInt64]? = nil, late: Set<PartyID> = []) {
    self.noise = noise
    self.late = late
    self.terms = terms
    header = SharedSumHeader(terms)
    sum = SummedShares(terms)
  }

  /// Whose message of this step is not there yet.
  public var waitingFor: [PartyID] {
    switch phase {
    case .dealing: terms.clients.filter { deals[$0] == nil && !givenUp.contains($0) }
    case .summing: summed.filter { !answered.contains($0) && !givenUp.contains($0) }
    case .done: []
    }
  }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<SharedSumMessage>] { [] }

  public mutating func receive(
    _ message: SharedSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SharedSumMessage, SummedWords> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    if late.contains(sender), isLate(message) { return .wait }
    try message.header.check(against: header, from: sender)
    switch message {
    case .announcement, .total: throw ProtocolViolation(sender, sharing: .unexpected(message.kind))
    case .deal(_, let shares): try take(deal: shares, from: sender)
    case .summedShare(_, let words): try take(summedShare: words, from: sender)
    }
    do throws(SecretSharingRefusal) {
      return try proceed()
    } catch {
      guard case .sumOutOfRange(let index) = error else { return .wait }
      throw ProtocolViolation(sender, sharing: .sumOutOfRange(index: index))
    }
  }

  /// Goes on without waiting for these any longer. What comes from them later counts for nothing.
  ///
  /// - Throws: `SecretSharingRefusal.tooFewLeft` if the sum needs them: then nothing has changed.
  ///   `sumOutOfRange`.
  public mutating func giveUp(
    on missing: Set<PartyID>
  ) throws(SecretSharingRefusal) -> Step<SharedSumMessage, SummedWords> {
    guard phase != .done else { return .wait }
    let gone = givenUp.union(missing.intersection(terms.clients))
    try checkEnoughLeft(without: gone)
    givenUp = gone
    return try proceed()
  }

  /// The time is over: gives up on all that it waits for.
  public mutating func deadline() throws -> Step<SharedSumMessage, SummedWords> {
    try giveUp(on: Set(waitingFor))
  }

  /// Whether a message is of a round before this one: of a client that was given up then.
  private func isLate(_ message: SharedSumMessage) -> Bool {
    let header = message.header
    guard header.scope == terms.label.scope, header.round < terms.label.round else { return false }
    return message.kind == .deal || message.kind == .summedShare
  }

  private func checkEnoughLeft(without gone: Set<PartyID>) throws(SecretSharingRefusal) {
    let answering = phase == .dealing ? terms.clients : summed
    let left = answering.filter { !gone.contains($0) || answered.contains($0) }.count
    guard left >= terms.neededShares else {
      throw .tooFewLeft(missing: gone.sorted(), left: left, needed: terms.neededShares)
    }
    let dealing = terms.clients.filter { !gone.contains($0) || deals[$0] != nil }.count
    guard dealing >= terms.leastSummed else {
      throw .tooFewLeft(missing: gone.sorted(), left: dealing, needed: terms.leastSummed)
    }
  }

  private mutating func take(
    deal shares: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) {
    guard deals[sender] == nil else { throw ProtocolViolation(sender, sharing: .sentTwice(.deal)) }
    let expected = terms.clients.count - 1
    guard shares.count == expected else {
      throw ProtocolViolation(
        sender, sharing: .wrongShareCount(sent: shares.count, expected: expected))
    }
    // Too late: the sum is announced without it, or will be.
    if givenUp.contains(sender) { return }
    deals[sender] = shares
  }

  private mutating func take(
    summedShare words: [UInt64], from sender: PartyID
  ) throws(ProtocolViolation) {
    guard phase != .dealing, summed.contains(sender) else {
      throw ProtocolViolation(sender, sharing: .unasked)
    }
    guard !answered.contains(sender) else {
      throw ProtocolViolation(sender, sharing: .sentTwice(.summedShare))
    }
    if givenUp.contains(sender) { return }
    try sum.add(words, from: sender)
    answered.insert(sender)
  }

  /// Takes the next step if nobody is waited for.
  private mutating func proceed() throws(SecretSharingRefusal)
    -> Step<SharedSumMessage, SummedWords>
  {
    guard waitingFor.isEmpty else { return .wait }
    switch phase {
    case .dealing: return announce()
    case .summing: return try finish()
    case .done: return .wait
    }
  }

  private mutating func announce() -> Step<SharedSumMessage, SummedWords> {
    phase = .summing
    summed = terms.clients.filter { deals[$0] != nil }
    let outbound = summed.filter { !givenUp.contains($0) }.map { receiver in
      Outbound(
        to: receiver,
        SharedSumMessage.announcement(header, summed: summed, shares: shares(for: receiver)))
    }
    deals = deals.mapValues { _ in [] }
    return .send(outbound)
  }

  private func shares(for receiver: PartyID) -> [[UInt8]] {
    let place = terms.clients.firstIndex(of: receiver) ?? 0
    return summed.filter { $0 != receiver }.compactMap { dealer in
      deals[dealer].map { $0[dealer < receiver ? place - 1 : place] }
    }
  }

  private mutating func finish() throws(SecretSharingRefusal)
    -> Step<SharedSumMessage, SummedWords>
  {
    phase = .done
    var words = try sum.words(summands: summed.count)
    if let noise { for index in words.indices { words[index] &+= noise[index] } }
    let total = SharedSumMessage.total(header, summed: summed, words: words)
    return .finish(
      SummedWords(words: words, parties: summed),
      sending: terms.clients.map { Outbound(to: $0, total) })
  }
}
