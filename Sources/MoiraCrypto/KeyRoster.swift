public import MoiraModel

/// Why a list of keys is not a roster.
public enum KeyRosterError: Error, Hashable, Sendable {
  case listedTwice(PartyID)
  /// Two parties with one key: one of them has no secret to it, or both share it.
  case sharedKey(PartyID, PartyID)
}

/// Whose mask key is which, for one attempt of a task.
public struct KeyRoster: Hashable, Sendable {
  public let scope: TaskScope
  /// By id, ascending.
  public let parties: [PartyID]
  private let keys: [PartyID: MaskPublicKey]
  /// The SHA-256 over scope, ids and keys: equal only where everybody sees the same keys.
  public let hash: ContentHash

  /// - Parameter entries: In any order.
  public init(
    scope: TaskScope, entries: [(party: PartyID, key: MaskPublicKey)]
  ) throws(KeyRosterError) {
    let sorted = entries.sorted { $0.party < $1.party }
    var keys: [PartyID: MaskPublicKey] = [:]
    var owners: [MaskPublicKey: PartyID] = [:]
    for (party, key) in sorted {
      if keys.updateValue(key, forKey: party) != nil { throw .listedTwice(party) }
      if let owner = owners.updateValue(party, forKey: key) { throw .sharedKey(owner, party) }
    }
    self.scope = scope
    self.keys = keys
    parties = sorted.map(\.party)
    hash = Self.hash(of: sorted, in: scope)
  }

  public subscript(party: PartyID) -> MaskPublicKey? { keys[party] }

  private static func hash(
    of entries: [(party: PartyID, key: MaskPublicKey)], in scope: TaskScope
  ) -> ContentHash {
    var writer = ByteWriter()
    writer.write("moira/roster/1")
    writer.write(scope.job.text)
    writer.write(scope.task.text)
    writer.write(Int64(scope.attempt))
    writer.write(UInt32(entries.count))
    for (party, key) in entries {
      writer.write(party.text)
      writer.write(key.bytes)
    }
    return sha256(writer.bytes)
  }
}
