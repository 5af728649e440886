internal import MoiraCrypto
public import MoiraModel

/// A client's side of one sum without protection; see `PlainSumTerms`. Ends with the sum.
public struct PlainSumClient: ProtocolMachine {
  public typealias Message = PlainSumMessage
  public typealias Output = SummedWords

  private let terms: PlainSumTerms
  private let header: SumHeader
  /// What is still to go out.
  private var upload: [UInt64]?
  private var isDone = false

  /// - Parameter words: The client's summand, `terms.count` words.
  /// - Throws: `ProtocolRefusal.wrongCount`, `notAClient`.
  public init(
    _ own: PartyID, terms: PlainSumTerms, words: consuming [UInt64]
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own) else { throw .notAClient(own) }
    guard words.count == terms.count else {
      throw .wrongCount(given: words.count, agreed: terms.count)
    }
    self.terms = terms
    header = SumHeader(terms)
    upload = words
  }

  /// The upload; nothing the second time.
  public mutating func start() -> [Outbound<PlainSumMessage>] {
    guard let words = upload.take() else { return [] }
    return [Outbound(to: terms.aggregator, .upload(header, words: words))]
  }

  public mutating func receive(
    _ message: PlainSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PlainSumMessage, SummedWords> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .total(let sent, let words) = message else {
      throw ProtocolViolation(sender, .unexpected(.upload))
    }
    try sent.check(against: header, words: words.count, from: sender)
    guard !isDone else { throw ProtocolViolation(sender, .sentTwice(.total)) }
    isDone = true
    return .finish(SummedWords(words: words, parties: terms.clients))
  }
}
