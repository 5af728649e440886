public import MoiraModel

/// A client's side of a gathering; see `GatherTerms`. Ends with the aggregator's answer.
public struct GatherClient: ProtocolMachine {
  public typealias Message = GatherMessage
  public typealias Output = [UInt64]

  private let terms: GatherTerms
  private var upload: [UInt64]?
  private var isDone = false

  /// - Throws: `ProtocolRefusal.notAClient`, `wrongCount`.
  public init(
    _ own: PartyID, terms: GatherTerms, words: [UInt64]
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own) else { throw .notAClient(own) }
    guard words.count == terms.count else {
      throw .wrongCount(given: words.count, agreed: terms.count)
    }
    self.terms = terms
    upload = words
  }

  /// The upload; nothing the second time.
  public mutating func start() -> [Outbound<GatherMessage>] {
    guard let words = upload.take() else { return [] }
    return [Outbound(to: terms.aggregator, .upload(GatherHeader(terms.label), words: words))]
  }

  public mutating func receive(
    _ message: GatherMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<GatherMessage, [UInt64]> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .answer(let header, let words) = message else {
      throw ProtocolViolation(sender, .unexpected(.upload))
    }
    if let rule = terms.difference(header, words: words.count, agreed: terms.answerCount) {
      throw ProtocolViolation(sender, rule)
    }
    guard !isDone else { throw ProtocolViolation(sender, .sentTwice(.total)) }
    isDone = true
    return .finish(words)
  }
}

/// The aggregator's side: ends with every client's words, by id, and with nothing sent yet.
///
/// What it makes of them is for the caller, who then sends `answer(_:)` to the clients.
public struct GatherAggregator: DeadlineMachine {
  public typealias Message = GatherMessage
  public typealias Output = [PartyID: [UInt64]]

  private let terms: GatherTerms
  private var heard: [PartyID: [UInt64]] = [:]

  public init(terms: GatherTerms) { self.terms = terms }

  /// Whose upload is not there yet.
  public var waitingFor: [PartyID] { terms.clients.filter { heard[$0] == nil } }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<GatherMessage>] { [] }

  public mutating func receive(
    _ message: GatherMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<GatherMessage, [PartyID: [UInt64]]> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .upload(let header, let words) = message else {
      throw ProtocolViolation(sender, .unexpected(.total))
    }
    if let rule = terms.difference(header, words: words.count, agreed: terms.count) {
      throw ProtocolViolation(sender, rule)
    }
    guard heard.updateValue(words, forKey: sender) == nil else {
      throw ProtocolViolation(sender, .sentTwice(.upload))
    }
    return waitingFor.isEmpty ? .finish(heard) : .wait
  }

  /// Nobody can be spared.
  ///
  /// - Throws: `SecureSumRefusal.tooFewLeft`, with those who are missing.
  public mutating func deadline() throws -> Step<GatherMessage, [PartyID: [UInt64]]> {
    throw SecureSumRefusal.silent(waitingFor, .upload, of: terms.clients.count)
  }
}

extension GatherTerms {
  /// The aggregator's answer, to each client.
  public func answer(_ words: [UInt64]) -> [Outbound<GatherMessage>] {
    precondition(words.count == answerCount)
    let message = GatherMessage.answer(GatherHeader(label), words: words)
    return clients.map { Outbound(to: $0, message) }
  }
}
