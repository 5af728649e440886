public import MoiraModel
public import MoiraRuntime

/// Documents lie beside the jobs.
extension PostgresJobStore: DocumentStore {
  public func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])] {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT key, body FROM document WHERE shelf = $1 ORDER BY key", [.text(shelf)])
      return try rows.map {
        (try rows.text($0, 0).orMissing("key"), try rows.bytes($0, 1).orMissing("body"))
      }
    }
  }

  public func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]? {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT body FROM document WHERE shelf = $1 AND key = $2", [.text(shelf), .text(key)])
      return rows.isEmpty ? nil : try rows.bytes(0, 0).orMissing("body")
    }
  }

  public func change(_ changes: [DocumentChange]) async throws(Failure) {
    let changes = Self.lastOfEach(changes)
    try await database.write { connection in
      for change in changes { try Self.make(change, connection) }
    }
  }

  /// In the order of the keys, so that two changes of the same documents never wait for one another.
  private static func lastOfEach(_ changes: [DocumentChange]) -> [DocumentChange] {
    var last: [[String]: DocumentChange] = [:]
    for change in changes { last[[change.shelf, change.key]] = change }
    return last.values.sorted { ($0.shelf, $0.key) < ($1.shelf, $1.key) }
  }

  private static func make(_ change: DocumentChange, _ connection: Connection) throws {
    if let bytes = change.bytes {
      try connection.run(
        """
        INSERT INTO document (shelf, key, body) VALUES ($1, $2, $3)
        ON CONFLICT (shelf, key) DO UPDATE SET body = EXCLUDED.body
        """, [.text(change.shelf), .text(change.key), .bytes(bytes)])
    } else {
      try connection.run(
        "DELETE FROM document WHERE shelf = $1 AND key = $2",
        [.text(change.shelf), .text(change.key)])
    }
  }
}
