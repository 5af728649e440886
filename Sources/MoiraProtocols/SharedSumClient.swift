public import MoiraCrypto
public import MoiraModel

/// A client's side of one sum by shares; see `SharedSumTerms`. Ends with the sum.
///
/// Cannot be copied, and takes up its keys for the label at once: one vector is dealt under a label,
/// and one set of clients is answered.
public struct SharedSumClient: ~Copyable, ProtocolMachine {
  public typealias Message = SharedSumMessage
  public typealias Output = SummedWords

  private let own: PartyID
  private let terms: SharedSumTerms
  private let header: SharedSumHeader
  private let seals: ShareSeals
  /// What is still to go out.
  private var deal: [[UInt8]]?
  /// The client's share of its own vector, until it is in the summed share.
  private var ownShare: ShareSum?
  private var summed: [PartyID]?
  private var isDone = false

  /// Splits the words and seals the shares.
  ///
  /// - Parameters:
  ///   - words: The client's summand, `terms.count` words.
  ///   - keys: From the key agreement.
  /// - Throws: `SecretSharingRefusal.terms` with `wrongCount`, `otherKeys`, `notAClient`, or
  ///   `masking` if a vector has gone out under the label before.
  public init(
    _ own: PartyID, terms: SharedSumTerms, words: consuming [UInt64], keys: MaskingKeys,
    using generator: inout some RandomNumberGenerator
  ) throws(SecretSharingRefusal) {
    guard terms.clients.contains(own) else { throw .terms(.notAClient(own)) }
    guard words.count == terms.count else {
      throw .terms(.wrongCount(given: words.count, agreed: terms.count))
    }
    guard keys.roster.hash == terms.roster else { throw .terms(.otherKeys) }
    guard keys.own == own else { throw .terms(.notAClient(keys.own)) }
    let seals = try keys.takeSeals(for: terms.label)
    let dealt = try dealtShares(of: words, by: own, terms: terms, using: &generator)
    let deal = try sealed(dealt.others, seals, using: &generator)
    self.own = own
    self.terms = terms
    self.seals = seals
    self.deal = deal
    ownShare = dealt.own
    header = SharedSumHeader(terms)
  }

  /// The deal; nothing the second time.
  public mutating func start() -> [Outbound<SharedSumMessage>] {
    guard let shares = deal.take() else { return [] }
    return [Outbound(to: terms.aggregator, .deal(header, shares: shares))]
  }

  public mutating func receive(
    _ message: SharedSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SharedSumMessage, SummedWords> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    switch message {
    case .deal, .summedShare: throw ProtocolViolation(sender, sharing: .unexpected(message.kind))
    case .announcement(let sent, let summed, let shares):
      try sent.check(against: header, from: sender)
      return try answer(summed, shares, from: sender)
    case .total(let sent, let summed, let words):
      try sent.check(against: header, from: sender)
      return try finish(summed, words, from: sender)
    }
  }

  private mutating func answer(
    _ summed: [PartyID], _ shares: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SharedSumMessage, SummedWords> {
    if let first = self.summed {
      throw ProtocolViolation(
        sender, sharing: first == summed ? .sentTwice(.announcement) : .otherSet)
    }
    try terms.check(summed, from: sender)
    guard summed.contains(own) else { throw ProtocolViolation(sender, sharing: .notAnnounced(own)) }
    let dealers = summed.filter { $0 != own }
    guard shares.count == dealers.count else {
      throw ProtocolViolation(
        sender, sharing: .wrongShareCount(sent: shares.count, expected: dealers.count))
    }
    guard var sum = ownShare.take() else {
      throw ProtocolViolation(sender, sharing: .sentTwice(.announcement))
    }
    for (dealer, share) in zip(dealers, shares) {
      sum.add(try open(share, of: dealer, from: sender))
    }
    self.summed = summed
    return .send([Outbound(to: terms.aggregator, .summedShare(header, words: sum.words))])
  }

  private func open(
    _ sealed: [UInt8], of dealer: PartyID, from sender: PartyID
  ) throws(ProtocolViolation) -> VectorShare {
    let share: VectorShare
    do throws(ShareSealError) {
      share = try seals.open(sealed, from: dealer, count: terms.count)
    } catch {
      switch error {
      case .broken: throw ProtocolViolation(sender, sharing: .brokenSeal(of: dealer))
      case .unknownPeer, .wrongLength, .notAShare:
        throw ProtocolViolation(sender, sharing: .unfitShare(of: dealer))
      }
    }
    if case (.additive, .elements) = (terms.form, share) {
      throw ProtocolViolation(sender, sharing: .unfitShare(of: dealer))
    }
    return share
  }

  private mutating func finish(
    _ summed: [PartyID], _ words: [UInt64], from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SharedSumMessage, SummedWords> {
    guard !isDone else { throw ProtocolViolation(sender, sharing: .sentTwice(.total)) }
    try terms.check(summed, from: sender)
    if let announced = self.summed, announced != summed {
      throw ProtocolViolation(sender, sharing: .otherSet)
    }
    guard words.count == terms.count else {
      throw ProtocolViolation(sender, .countMismatch(announced: terms.count, sent: words.count))
    }
    isDone = true
    return .finish(SummedWords(words: words, parties: summed))
  }
}

extension SharedSumTerms {
  /// Checks a set of summed clients.
  fileprivate func check(
    _ summed: [PartyID], from sender: PartyID
  ) throws(ProtocolViolation) {
    for (one, next) in zip(summed, summed.dropFirst()) where one >= next {
      throw ProtocolViolation(sender, .listedTwice(max(one, next)))
    }
    for party in summed where !clients.contains(party) {
      throw ProtocolViolation(sender, .unplanned(party))
    }
    guard summed.count >= leastSummed else {
      throw ProtocolViolation(sender, sharing: .tooFewAnnounced(summed.count, needed: leastSummed))
    }
  }
}

extension MaskingKeys {
  fileprivate func takeSeals(for label: MaskLabel) throws(SecretSharingRefusal) -> ShareSeals {
    do {
      return try shareSeals(for: label)
    } catch {
      throw .terms(.masking(error))
    }
  }
}
