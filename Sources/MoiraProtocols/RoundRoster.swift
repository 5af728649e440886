internal import MoiraCrypto
public import MoiraModel

/// Who is in a round, with the mask key of each, as the aggregator sends it to one client.
public struct RoundRoster: Hashable, Sendable {
  /// One client's key and the hash of its seed.
  public struct Entry: Hashable, Sendable {
    public let party: PartyID
    public let key: [UInt8]
    public let commitment: ContentHash

    public init(party: PartyID, key: [UInt8], commitment: ContentHash) {
      self.party = party
      self.key = key
      self.commitment = commitment
    }
  }

  public let round: Int
  /// By id, ascending.
  public let entries: [Entry]
  /// What those neighbours of the receiver who are listed sealed for it, by id. Empty if the receiver
  /// is not listed.
  public let shares: [[UInt8]]

  public init(round: Int, entries: [Entry], shares: [[UInt8]]) {
    self.round = round
    self.entries = entries
    self.shares = shares
  }
}

extension RoundRoster {
  func encode(into writer: inout ByteWriter) {
    writer.write(Int64(round))
    writer.write(UInt32(entries.count))
    for entry in entries {
      writer.write(entry.party.text)
      writer.write(entry.key)
      writer.write(entry.commitment.text)
    }
    writer.write(byteLists: shares)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    round = Int(try reader.integer(Int64.self))
    var entries: [Entry] = []
    // Three lengths are the least that an entry takes up.
    for _ in 0..<(try reader.listCount(of: 12)) {
      let party = PartyID(try reader.string())
      let key = try reader.byteArray()
      entries.append(
        Entry(party: party, key: key, commitment: ContentHash(try reader.string())))
    }
    self.entries = entries
    shares = try reader.byteLists()
  }
}
