internal import MoiraCrypto
public import MoiraModel

/// What goes between the parties of a sum by shares.
public enum SharedSumMessage: Hashable, WireMessage {
  /// A client's sealed shares, one for each other client by id, to the aggregator.
  case deal(SharedSumHeader, shares: [[UInt8]])
  /// Who is summed, by id, and the receiver's sealed share of each other one of them.
  case announcement(SharedSumHeader, summed: [PartyID], shares: [[UInt8]])
  /// The sum of a client's shares, to the aggregator: one word an element in the additive form, two
  /// in Shamir's, the lower one first.
  case summedShare(SharedSumHeader, words: [UInt64])
  /// The sum, to each client.
  case total(SharedSumHeader, summed: [PartyID], words: [UInt64])

  var header: SharedSumHeader {
    switch self {
    case .deal(let header, _), .announcement(let header, _, _), .summedShare(let header, _),
      .total(let header, _, _):
      header
    }
  }

  var kind: SecretSharingRule.Kind {
    switch self {
    case .deal: .deal
    case .announcement: .announcement
    case .summedShare: .summedShare
    case .total: .total
    }
  }
}

extension SharedSumMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    writer.write(tag)
    header.encode(into: &writer)
    switch self {
    case .deal(_, let shares): writer.write(byteLists: shares)
    case .announcement(_, let summed, let shares):
      writer.write(parties: summed)
      writer.write(byteLists: shares)
    case .summedShare(_, let words): writer.write(words)
    case .total(_, let summed, let words):
      writer.write(parties: summed)
      writer.write(words)
    }
  }

  private var tag: UInt8 {
    switch self {
    case .deal: 1
    case .announcement: 2
    case .summedShare: 3
    case .total: 4
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard (1...4).contains(tag) else { throw .unknownCase(tag) }
    let header = try SharedSumHeader(from: &reader)
    switch tag {
    case 1: self = .deal(header, shares: try reader.byteLists())
    case 2:
      let summed = try reader.parties()
      self = .announcement(header, summed: summed, shares: try reader.byteLists())
    case 3: self = .summedShare(header, words: try reader.words())
    default:
      let summed = try reader.parties()
      self = .total(header, summed: summed, words: try reader.words())
    }
  }
}
