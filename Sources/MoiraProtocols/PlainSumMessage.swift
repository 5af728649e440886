public import MoiraModel

/// What goes between the parties of a sum without protection.
public enum PlainSumMessage: Hashable, WireMessage {
  /// A client's words, to the aggregator.
  case upload(SumHeader, words: [UInt64])
  /// The sum of all uploads, to each client.
  case total(SumHeader, words: [UInt64])
}

extension PlainSumMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .upload(let header, let words):
      writer.write(UInt8(1))
      header.encode(into: &writer)
      writer.write(words)
    case .total(let header, let words):
      writer.write(UInt8(2))
      header.encode(into: &writer)
      writer.write(words)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard tag == 1 || tag == 2 else { throw .unknownCase(tag) }
    let header = try SumHeader(from: &reader)
    let words = try reader.words()
    self = tag == 1 ? .upload(header, words: words) : .total(header, words: words)
  }
}
