public import MoiraCrypto
public import MoiraModel

/// The aggregator's side of one sum by Paillier; see `PaillierSumTerms`. Ends with the sum, as the
/// clients have it.
///
/// Multiplies each upload in when it comes and keeps none.
public struct PaillierSumAggregator<Generator: RandomNumberGenerator & Sendable>: ProtocolMachine {
  public typealias Message = PaillierSumMessage
  public typealias Output = SummedWords

  let terms: PaillierSumTerms
  private let header: PaillierSumHeader
  private let workers: Workers
  private var sum: PaillierSum
  private var generator: Generator
  private var uploaded: Set<PartyID> = []
  private var words: [UInt64]?
  private var digests: [PartyID: ContentHash] = [:]

  /// - Parameters:
  ///   - encryptor: For the key of the terms; it blinds the sum afresh.
  ///   - generator: Where the blinding comes from.
  /// - Throws: `PaillierRefusal.terms` with `otherKeys`.
  public init(
    terms: PaillierSumTerms, encryptor: PaillierEncryptor, generator: Generator,
    workers: Workers = .serial
  ) throws(PaillierRefusal) {
    guard encryptor.key == terms.key else { throw .terms(.otherKeys) }
    self.terms = terms
    self.generator = generator
    self.workers = workers
    header = PaillierSumHeader(terms)
    sum = PaillierSum(under: encryptor)
  }

  /// Whose message of this step is not there yet.
  public var waitingFor: [PartyID] {
    if uploaded.count < terms.clients.count {
      return terms.clients.filter { !uploaded.contains($0) }
    }
    return terms.clients.filter { digests[$0] == nil }
  }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<PaillierSumMessage>] { [] }

  public mutating func receive(
    _ message: PaillierSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierSumMessage, SummedWords> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    try message.header.check(against: header, from: sender)
    let isFirst = sender == terms.clients[0]
    switch message {
    case .upload(_, let ciphertexts): return try add(ciphertexts, from: sender)
    case .total(_, let words) where isFirst:
      guard words.count == terms.count else {
        throw ProtocolViolation(sender, .countMismatch(announced: terms.count, sent: words.count))
      }
      try take(totalHash(words), .total, from: sender)
      self.words = words
      return try finish()
    case .digest(_, let hash) where !isFirst:
      try take(hash, .digest, from: sender)
      return try finish()
    case .sum, .total, .digest:
      throw ProtocolViolation(sender, .paillier(.unexpected(message.kind)))
    }
  }

  private mutating func add(
    _ ciphertexts: [UInt8], from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierSumMessage, SummedWords> {
    guard !uploaded.contains(sender) else {
      throw ProtocolViolation(sender, .paillier(.sentTwice(.upload)))
    }
    do throws(PaillierError) {
      try sum.add(terms.ciphertexts(ciphertexts), workers: workers)
    } catch {
      throw ProtocolViolation(sender, .paillier(.unfitCiphertexts(error)))
    }
    uploaded.insert(sender)
    guard uploaded.count == terms.clients.count,
      let total = sum.finish(using: &generator, workers: workers)
    else { return .wait }
    let message = PaillierSumMessage.sum(header, ciphertexts: total.bytes)
    return .send(terms.clients.map { Outbound(to: $0, message) })
  }

  private mutating func take(
    _ hash: ContentHash, _ kind: PaillierRule.Kind, from sender: PartyID
  ) throws(ProtocolViolation) {
    guard uploaded.count == terms.clients.count else {
      throw ProtocolViolation(sender, .paillier(.tooEarly(kind)))
    }
    guard digests.updateValue(hash, forKey: sender) == nil else {
      throw ProtocolViolation(sender, .paillier(.sentTwice(kind)))
    }
  }

  private func finish() throws(ProtocolViolation) -> Step<PaillierSumMessage, SummedWords> {
    guard let words, digests.count == terms.clients.count else { return .wait }
    let first = terms.clients[0]
    for client in terms.clients where digests[client] != digests[first] {
      throw ProtocolViolation(client, .paillier(.otherTotal(than: first)))
    }
    return .finish(SummedWords(words: words, parties: terms.clients))
  }
}
