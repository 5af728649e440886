internal import MoiraCrypto
public import MoiraModel

/// The aggregator's side of one sum without protection; see `PlainSumTerms`. Ends with the sum.
///
/// Adds each upload when it comes and keeps none: two vectors in memory, whatever the number of
/// parties. Sums in the ring commute, so the order of arrival leaves no trace.
public struct PlainSumAggregator: DeadlineMachine {
  public typealias Message = PlainSumMessage
  public typealias Output = SummedWords

  private let terms: PlainSumTerms
  private let header: SumHeader
  private var sum: [UInt64]
  private var heard: Set<PartyID> = []

  /// - Parameter noise: words that are added to the sum before it is told; nil for none.
  public init(terms: PlainSumTerms, noise: [UInt64]? = nil) {
    sum = noise ?? []
    self.terms = terms
    header = SumHeader(terms)
  }

  /// Whose upload is not there yet.
  public var waitingFor: [PartyID] { terms.clients.filter { !heard.contains($0) } }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<PlainSumMessage>] { [] }

  public mutating func receive(
    _ message: PlainSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PlainSumMessage, SummedWords> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .upload(let sent, let words) = message else {
      throw ProtocolViolation(sender, .unexpected(.total))
    }
    try sent.check(against: header, words: words.count, from: sender)
    guard heard.insert(sender).inserted else {
      throw ProtocolViolation(sender, .sentTwice(.upload))
    }
    add(words)
    return heard.count == terms.clients.count ? finish() : .wait
  }

  /// Nobody can be spared.
  ///
  /// - Throws: `SecureSumRefusal.tooFewLeft`, with those who are missing.
  public mutating func deadline() throws -> Step<PlainSumMessage, SummedWords> {
    throw SecureSumRefusal.silent(waitingFor, .upload, of: terms.clients.count)
  }

  private mutating func add(_ words: [UInt64]) {
    if sum.isEmpty {
      sum = words
      return
    }
    sum.withUnsafeMutableBufferPointer { sum in
      words.withUnsafeBufferPointer { words in
        for index in 0..<min(sum.count, words.count) { sum[index] &+= words[index] }
      }
    }
  }

  private func finish() -> Step<PlainSumMessage, SummedWords> {
    let total = PlainSumMessage.total(header, words: sum)
    return .finish(
      SummedWords(words: sum, parties: terms.clients),
      sending: terms.clients.map { Outbound(to: $0, total) })
  }
}
