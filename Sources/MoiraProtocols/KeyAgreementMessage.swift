public import MoiraCrypto
public import MoiraModel

/// What goes between the parties while they agree on mask keys.
public enum KeyAgreementMessage: Hashable, WireMessage {
  /// A client's key and its signature, to the aggregator.
  case publicKey(scope: TaskScope, key: [UInt8], signature: [UInt8])
  /// All keys, to each client.
  case roster(scope: TaskScope, entries: [Entry])

  /// A party with its key and what it signed of it; not checked yet.
  public struct Entry: Hashable, Sendable {
    public let party: PartyID
    public let key: [UInt8]
    public let signature: [UInt8]

    public init(party: PartyID, key: [UInt8], signature: [UInt8]) {
      self.party = party
      self.key = key
      self.signature = signature
    }
  }
}

extension KeyAgreementMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .publicKey(let scope, let key, let signature):
      writer.write(UInt8(1))
      writer.write(scope)
      writer.write(key)
      writer.write(signature)
    case .roster(let scope, let entries):
      writer.write(UInt8(2))
      writer.write(scope)
      writer.write(UInt32(entries.count))
      for entry in entries {
        writer.write(entry.party.text)
        writer.write(entry.key)
        writer.write(entry.signature)
      }
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    switch try reader.byte() {
    case 1:
      let scope = try reader.scope()
      let key = try reader.byteArray()
      self = .publicKey(scope: scope, key: key, signature: try reader.byteArray())
    case 2:
      let scope = try reader.scope()
      self = .roster(scope: scope, entries: try Self.entries(from: &reader))
    case let other: throw .unknownCase(other)
    }
  }

  private static func entries(from reader: inout ByteReader) throws(WireError) -> [Entry] {
    var entries: [Entry] = []
    // Three lengths are the least that an entry takes up.
    for _ in 0..<(try reader.listCount(of: 12)) {
      let party = PartyID(try reader.string())
      let key = try reader.byteArray()
      entries.append(Entry(party: party, key: key, signature: try reader.byteArray()))
    }
    return entries
  }
}
