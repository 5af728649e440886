internal import MoiraCrypto
public import MoiraModel

/// What goes between the parties of a secure sum; see `SecureSumTerms` for the steps.
public enum SecureSumMessage: Hashable, WireMessage {
  /// A client's key and shares for a round that it was not in the round before.
  case offer(terms: ContentHash, RoundOffer)
  /// Who is in the round that begins, with the shares for the receiver.
  case roster(terms: ContentHash, RoundRoster)
  /// A client's masked words, its offer for the next round, and in active mode its tags of the set of
  /// all who are listed, one for each neighbour among them, by id.
  case upload(SumHeader, words: [UInt64], next: RoundOffer, tags: [[UInt8]])
  /// Whose uploads are summed, to each of them; not sent in active mode when they are all.
  case survivors(SumHeader, [PartyID])
  /// A client's tags of the set of survivors, one for each neighbour among them, by id.
  case confirmation(SumHeader, tags: [[UInt8]])
  /// The tags of enough survivors, to each of them those that are for it.
  case confirmed(SumHeader, [Confirmation])
  /// A client's shares: of the seeds of its neighbours among the survivors, by id, and of the keys
  /// of its neighbours in the round that are none.
  case unmasking(SumHeader, seeds: [[UInt8]], keys: [[UInt8]])
  /// The sum of the survivors' words, and the next round's roster, to each client.
  case total(SumHeader, survivors: [PartyID], words: [UInt64], next: RoundRoster)

  public struct Confirmation: Hashable, Sendable {
    public let party: PartyID
    public let tag: [UInt8]

    public init(party: PartyID, tag: [UInt8]) {
      self.party = party
      self.tag = tag
    }
  }

  var kind: SecureSumRule.Kind {
    switch self {
    case .offer: .offer
    case .roster: .roster
    case .upload: .upload
    case .survivors: .survivors
    case .confirmation: .confirmation
    case .confirmed: .confirmed
    case .unmasking: .unmasking
    case .total: .total
    }
  }

  /// Of the sum that the message belongs to; nil for those that belong to none.
  var header: SumHeader? {
    switch self {
    case .offer, .roster: nil
    case .upload(let header, _, _, _), .survivors(let header, _), .confirmation(let header, _),
      .confirmed(let header, _), .unmasking(let header, _, _), .total(let header, _, _, _):
      header
    }
  }
}

extension SecureSumMessage {
  /// Since 2 an upload has tags.
  private static var version: UInt8 { 2 }

  public func encode(into writer: inout ByteWriter) {
    writer.write(Self.version)
    writer.write(UInt8(kind.rawValue))
    header?.encode(into: &writer)
    switch self {
    case .offer(let terms, let offer):
      writer.write(terms.text)
      offer.encode(into: &writer)
    case .roster(let terms, let roster):
      writer.write(terms.text)
      roster.encode(into: &writer)
    case .upload(_, let words, let next, let tags):
      next.encode(into: &writer)
      writer.write(byteLists: tags)
      writer.write(words)
    case .survivors(_, let survivors): writer.write(parties: survivors)
    case .confirmation(_, let tags): writer.write(byteLists: tags)
    case .confirmed(_, let confirmations): writer.write(confirmations: confirmations)
    case .unmasking(_, let seeds, let keys):
      writer.write(byteLists: seeds)
      writer.write(byteLists: keys)
    case .total(_, let survivors, let words, let next):
      writer.write(parties: survivors)
      next.encode(into: &writer)
      writer.write(words)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion(Self.version)
    let tag = try reader.byte()
    guard let kind = SecureSumRule.Kind(rawValue: Int(tag)) else { throw .unknownCase(tag) }
    switch kind {
    case .offer:
      let terms = ContentHash(try reader.string())
      self = .offer(terms: terms, try RoundOffer(from: &reader))
    case .roster:
      let terms = ContentHash(try reader.string())
      self = .roster(terms: terms, try RoundRoster(from: &reader))
    default: self = try Self.ofSum(kind, from: &reader)
    }
  }

  private static func ofSum(
    _ kind: SecureSumRule.Kind, from reader: inout ByteReader
  ) throws(WireError) -> SecureSumMessage {
    let header = try SumHeader(from: &reader)
    switch kind {
    case .upload:
      let next = try RoundOffer(from: &reader)
      let tags = try reader.byteLists()
      return .upload(header, words: try reader.words(), next: next, tags: tags)
    case .survivors: return .survivors(header, try reader.parties())
    case .confirmation: return .confirmation(header, tags: try reader.byteLists())
    case .confirmed: return .confirmed(header, try reader.confirmations())
    case .unmasking:
      let seeds = try reader.byteLists()
      return .unmasking(header, seeds: seeds, keys: try reader.byteLists())
    default:
      let survivors = try reader.parties()
      let next = try RoundRoster(from: &reader)
      return .total(header, survivors: survivors, words: try reader.words(), next: next)
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(confirmations: [SecureSumMessage.Confirmation]) {
    write(UInt32(confirmations.count))
    for confirmation in confirmations {
      write(confirmation.party.text)
      write(confirmation.tag)
    }
  }
}

extension ByteReader {
  fileprivate mutating func confirmations() throws(WireError) -> [SecureSumMessage.Confirmation] {
    var confirmations: [SecureSumMessage.Confirmation] = []
    for _ in 0..<(try listCount(of: 8)) {
      let party = PartyID(try string())
      confirmations.append(.init(party: party, tag: try byteArray()))
    }
    return confirmations
  }
}
