public import MoiraCrypto
public import MoiraModel

/// A client's side of one sum by Paillier; see `PaillierSumTerms`. Ends with the sum.
public struct PaillierSumClient: ~Copyable, ProtocolMachine {
  public typealias Message = PaillierSumMessage
  public typealias Output = SummedWords

  private let own: PartyID
  private let terms: PaillierSumTerms
  private let header: PaillierSumHeader
  private let decryptor: PaillierDecryptor
  private let workers: Workers
  /// What is still to go out; encrypted already.
  private var upload: [UInt8]?
  private var isDone = false

  /// Encrypts the words.
  ///
  /// - Parameters:
  ///   - words: The client's summand, `terms.count` words.
  ///   - encryptor, decryptor: For the key of the terms.
  ///   - workers: Who encrypts and decrypts.
  /// - Throws: `PaillierRefusal.terms` with `notAClient`, `wrongCount`, `otherKeys`;
  ///   `wordOutOfRange`.
  public init(
    _ own: PartyID, terms: PaillierSumTerms, words: [UInt64], encryptor: PaillierEncryptor,
    decryptor: PaillierDecryptor, using generator: inout some RandomNumberGenerator,
    workers: Workers = .serial
  ) throws(PaillierRefusal) {
    guard terms.clients.contains(own) else { throw .terms(.notAClient(own)) }
    guard words.count == terms.count else {
      throw .terms(.wrongCount(given: words.count, agreed: terms.count))
    }
    guard encryptor.key == terms.key, decryptor.key == terms.key else {
      throw .terms(.otherKeys)
    }
    do throws(PaillierError) {
      upload = try encryptor.encrypt(
        words, packing: terms.packing, using: &generator, workers: workers
      ).bytes
    } catch {
      guard case .wordOutOfRange(let index, let bits) = error else { throw .terms(.otherKeys) }
      throw .wordOutOfRange(index: index, bits: bits)
    }
    self.own = own
    self.terms = terms
    self.decryptor = decryptor
    self.workers = workers
    header = PaillierSumHeader(terms)
  }

  /// The upload; nothing the second time.
  public mutating func start() -> [Outbound<PaillierSumMessage>] {
    guard let ciphertexts = upload.take() else { return [] }
    return [Outbound(to: terms.aggregator, .upload(header, ciphertexts: ciphertexts))]
  }

  public mutating func receive(
    _ message: PaillierSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierSumMessage, SummedWords> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    try message.header.check(against: header, from: sender)
    guard case .sum(_, let ciphertexts) = message else {
      throw ProtocolViolation(sender, .paillier(.unexpected(message.kind)))
    }
    guard !isDone else { throw ProtocolViolation(sender, .paillier(.sentTwice(.sum))) }
    guard upload == nil else { throw ProtocolViolation(sender, .paillier(.tooEarly(.sum))) }
    let words = try decrypt(ciphertexts, from: sender)
    isDone = true
    let answer: PaillierSumMessage =
      own == terms.clients[0]
      ? .total(header, words: words) : .digest(header, totalHash(words))
    return .finish(
      SummedWords(words: words, parties: terms.clients),
      sending: [Outbound(to: terms.aggregator, answer)])
  }

  private func decrypt(
    _ bytes: [UInt8], from sender: PartyID
  ) throws(ProtocolViolation) -> [UInt64] {
    do {
      return try decryptor.decrypt(
        terms.ciphertexts(bytes), summands: terms.clients.count, workers: workers)
    } catch {
      throw ProtocolViolation(sender, .paillier(.unfitCiphertexts(error)))
    }
  }
}
