internal import MoiraCrypto
public import MoiraModel

/// The aggregator's side of one masked sum; see `MaskedSumTerms`. Ends with the sum.
///
/// Adds each upload when it comes and keeps none: two vectors in memory, whatever the number of
/// parties. Sums in the ring commute, so the order of arrival leaves no trace.
public struct MaskedSumAggregator: ProtocolMachine {
  public typealias Message = MaskedSumMessage
  public typealias Output = SummedWords

  private let terms: MaskedSumTerms
  private let header: SumHeader
  private var sum: [UInt64] = []
  private var heard: Set<PartyID> = []

  public init(terms: MaskedSumTerms) {
    self.terms = terms
    header = SumHeader(terms)
  }

  /// Whose upload is not there yet.
  public var waitingFor: [PartyID] { terms.clients.filter { !heard.contains($0) } }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<MaskedSumMessage>] { [] }

  public mutating func receive(
    _ message: MaskedSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<MaskedSumMessage, SummedWords> {
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

  private func finish() -> Step<MaskedSumMessage, SummedWords> {
    let total = MaskedSumMessage.total(header, words: sum)
    return .finish(
      SummedWords(words: sum, parties: terms.clients),
      sending: terms.clients.map { Outbound(to: $0, total) })
  }
}
