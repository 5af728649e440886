public import MoiraCrypto
public import MoiraModel

/// What goes between the parties while they agree on mask keys.
public enum KeyAgreementMessage: Hashable, WireMessage {
  /// A client's key, to the aggregator.
  case publicKey(scope: TaskScope, key: [UInt8])
  /// All keys, to each client.
  case roster(scope: TaskScope, entries: [Entry])

  /// A party with its key: 32 bytes, not checked yet.
  public struct Entry: Hashable, Sendable {
    public let party: PartyID
    public let key: [UInt8]

    public init(party: PartyID, key: [UInt8]) {
      self.party = party
      self.key = key
    }
  }
}

extension KeyAgreementMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .publicKey(let scope, let key):
      writer.write(UInt8(1))
      writer.write(scope)
      writer.write(key)
    case .roster(let scope, let entries):
      writer.write(UInt8(2))
      writer.write(scope)
      writer.write(UInt32(entries.count))
      for entry in entries {
        writer.write(entry.party.text)
        writer.write(entry.key)
      }
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    switch try reader.byte() {
    case 1:
      let scope = try reader.scope()
      self = .publicKey(scope: scope, key: try reader.byteArray())
    case 2:
      let scope = try reader.scope()
      self = .roster(scope: scope, entries: try Self.entries(from: &reader))
    case let other: throw .unknownCase(other)
    }
  }

  private static func entries(from reader: inout ByteReader) throws(WireError) -> [Entry] {
    // Two lengths are the least that an entry takes up.
    let count = try reader.length(of: 8)
    guard count <= FixedPoint.partyLimit else { throw .lengthOverLimit(count) }
    var entries: [Entry] = []
    for _ in 0..<count {
      let party = PartyID(try reader.string())
      entries.append(Entry(party: party, key: try reader.byteArray()))
    }
    return entries
  }
}
