internal import MoiraCrypto
internal import MoiraModel

extension ByteWriter {
  mutating func write(byteLists lists: [[UInt8]]) {
    write(UInt32(lists.count))
    reserve(lists.reduce(0) { $0 + $1.count + 4 })
    for list in lists { write(list) }
  }

  mutating func write(parties: [PartyID]) {
    write(UInt32(parties.count))
    for party in parties { write(party.text) }
  }
}

extension ByteReader {
  /// The count of a list, one element for each party at the most.
  ///
  /// - Parameter width: The fewest bytes that an element takes up.
  mutating func listCount(of width: Int = 4) throws(WireError) -> Int {
    let count = try length(of: width)
    guard count <= FixedPoint.partyLimit else { throw .lengthOverLimit(count) }
    return count
  }

  mutating func byteLists() throws(WireError) -> [[UInt8]] {
    var lists: [[UInt8]] = []
    for _ in 0..<(try listCount()) { lists.append(try byteArray()) }
    return lists
  }

  mutating func parties() throws(WireError) -> [PartyID] {
    var parties: [PartyID] = []
    for _ in 0..<(try listCount()) { parties.append(PartyID(try string())) }
    return parties
  }
}
