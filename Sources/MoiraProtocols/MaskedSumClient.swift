public import MoiraCrypto
public import MoiraModel

/// A client's side of one masked sum; see `MaskedSumTerms`. Ends with the sum.
///
/// Cannot be copied, and takes its masks at once: so no second vector goes out under them.
public struct MaskedSumClient: ~Copyable, ProtocolMachine {
  public typealias Message = MaskedSumMessage
  public typealias Output = SummedWords

  private let terms: MaskedSumTerms
  private let header: SumHeader
  /// What is still to go out; masked already.
  private var upload: [UInt64]?
  private var isDone = false

  /// Masks the words.
  ///
  /// - Parameters:
  ///   - words: The client's summand, `terms.count` words.
  ///   - keys: From the key agreement; nil without masks.
  ///   - workers: Who makes the masks.
  /// - Throws: `ProtocolRefusal.wrongCount`, `otherKeys`, `notAClient`, and `masking` if the keys
  ///   have masked under the label before.
  public init(
    _ own: PartyID, terms: MaskedSumTerms, words: consuming [UInt64], keys: MaskingKeys?,
    workers: Workers = .serial
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own) else { throw .notAClient(own) }
    guard words.count == terms.count else {
      throw .wrongCount(given: words.count, agreed: terms.count)
    }
    guard keys?.roster.hash == terms.roster else { throw .otherKeys }
    if let keys {
      guard keys.own == own else { throw .notAClient(keys.own) }
      applyMasks(try keys.takeMasks(for: terms.label), to: &words, workers: workers)
    }
    self.terms = terms
    header = SumHeader(terms)
    upload = words
  }

  /// The upload; nothing the second time.
  public mutating func start() -> [Outbound<MaskedSumMessage>] {
    guard let words = upload.take() else { return [] }
    return [Outbound(to: terms.aggregator, .upload(header, words: words))]
  }

  public mutating func receive(
    _ message: MaskedSumMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<MaskedSumMessage, SummedWords> {
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

/// The sum of all parties' vectors in the ring.
public struct SummedWords: Hashable, Sendable {
  public let words: [UInt64]
  /// Whose vectors are in it, by id.
  public let parties: [PartyID]
}

extension MaskingKeys {
  fileprivate func takeMasks(for label: MaskLabel) throws(ProtocolRefusal) -> [SignedMask] {
    do {
      return try masks(for: label)
    } catch {
      throw .masking(error)
    }
  }
}
