public import MoiraCrypto
public import MoiraModel

/// What the ciphertexts or words in a message are of.
public struct PaillierSumHeader: Hashable, Sendable {
  public let scope: TaskScope
  public let round: Int
  public let tensor: String
  /// How many words each vector has.
  public let count: Int
  /// The hash of the whole label, the global model's hash in it.
  public let label: ContentHash
  public let roster: ContentHash
  /// The SHA-256 of n.
  public let key: ContentHash
  /// One for all words: f of `FixedPoint`.
  public let scale: Int
  public let slotBits: Int

  /// The header that the terms ask for.
  public init(_ terms: PaillierSumTerms) {
    scope = terms.label.scope
    round = terms.label.round
    tensor = terms.label.tensor
    count = terms.count
    label = terms.label.hash
    roster = terms.roster
    key = terms.key.id
    scale = terms.packing.scale
    slotBits = terms.packing.slotBits
  }

  /// Checks the header that `sender` sent; the coarse before the fine.
  func check(
    against agreed: PaillierSumHeader, from sender: PartyID
  ) throws(ProtocolViolation) {
    if let rule = difference(from: agreed) { throw ProtocolViolation(sender, rule) }
  }

  private func difference(from agreed: PaillierSumHeader) -> ProtocolViolation.Rule? {
    if scope != agreed.scope { return .otherScope(sent: scope, agreed: agreed.scope) }
    if round != agreed.round { return .otherRound(sent: round, agreed: agreed.round) }
    if tensor != agreed.tensor { return .otherTensor(sent: tensor, agreed: agreed.tensor) }
    if count != agreed.count { return .wrongCount(sent: count, agreed: agreed.count) }
    if label != agreed.label { return .otherModel }
    if roster != agreed.roster { return .otherRoster }
    if key != agreed.key { return .paillier(.otherKey) }
    if scale != agreed.scale {
      return .paillier(.otherScale(sent: scale, agreed: agreed.scale))
    }
    if slotBits != agreed.slotBits {
      return .paillier(.otherSlots(sent: slotBits, agreed: agreed.slotBits))
    }
    return nil
  }
}

/// What goes between the parties of a sum by Paillier.
public enum PaillierSumMessage: Hashable, WireMessage {
  /// A client's ciphertexts, to the aggregator.
  case upload(PaillierSumHeader, ciphertexts: [UInt8])
  /// Their products, to each client.
  case sum(PaillierSumHeader, ciphertexts: [UInt8])
  /// What the first client decrypted, to the aggregator.
  case total(PaillierSumHeader, words: [UInt64])
  /// The SHA-256 of what another client decrypted, to the aggregator.
  case digest(PaillierSumHeader, ContentHash)

  var header: PaillierSumHeader {
    switch self {
    case .upload(let header, _), .sum(let header, _), .total(let header, _),
      .digest(let header, _):
      header
    }
  }

  var kind: PaillierRule.Kind {
    switch self {
    case .upload: .upload
    case .sum: .sum
    case .total: .total
    case .digest: .digest
    }
  }
}

extension PaillierSumMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    writer.write(tag)
    header.encode(into: &writer)
    switch self {
    case .upload(_, let ciphertexts), .sum(_, let ciphertexts): writer.write(ciphertexts)
    case .total(_, let words): writer.write(words)
    case .digest(_, let hash): writer.write(hash.text)
    }
  }

  private var tag: UInt8 {
    switch self {
    case .upload: 1
    case .sum: 2
    case .total: 3
    case .digest: 4
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard (1...4).contains(tag) else { throw .unknownCase(tag) }
    let header = try PaillierSumHeader(from: &reader)
    switch tag {
    case 1: self = .upload(header, ciphertexts: try reader.byteArray())
    case 2: self = .sum(header, ciphertexts: try reader.byteArray())
    case 3: self = .total(header, words: try reader.words())
    default: self = .digest(header, ContentHash(try reader.string()))
    }
  }
}

extension PaillierSumHeader {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(Int64(round))
    writer.write(tensor)
    writer.write(Int64(count))
    writer.write(label.text)
    writer.write(roster.text)
    writer.write(key.text)
    writer.write(Int64(scale))
    writer.write(Int64(slotBits))
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    scope = try reader.scope()
    round = Int(try reader.integer(Int64.self))
    tensor = try reader.string()
    count = Int(try reader.integer(Int64.self))
    label = ContentHash(try reader.string())
    roster = ContentHash(try reader.string())
    key = ContentHash(try reader.string())
    scale = Int(try reader.integer(Int64.self))
    slotBits = Int(try reader.integer(Int64.self))
  }
}
