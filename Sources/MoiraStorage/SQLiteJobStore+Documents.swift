import Foundation
import GRDB
public import MoiraModel
public import MoiraRuntime

/// Documents lie in the same file as the jobs.
extension SQLiteJobStore: DocumentStore {
  public func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])] {
    try await file.read { database in
      try Row.fetchAll(
        database, sql: "SELECT key, body FROM document WHERE shelf = ? ORDER BY key",
        arguments: [shelf]
      ).map { ($0["key"], Array($0["body"] as Data)) }
    }
  }

  public func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]? {
    try await file.read { database in
      try Data.fetchOne(
        database, sql: "SELECT body FROM document WHERE shelf = ? AND key = ?",
        arguments: [shelf, key]
      ).map { Array($0) }
    }
  }

  public func change(_ changes: [DocumentChange]) async throws(Failure) {
    try await file.write { database in
      for change in changes {
        if let bytes = change.bytes {
          try database.execute(
            sql: "INSERT OR REPLACE INTO document (shelf, key, body) VALUES (?, ?, ?)",
            arguments: [change.shelf, change.key, Data(bytes)])
        } else {
          try database.execute(
            sql: "DELETE FROM document WHERE shelf = ? AND key = ?",
            arguments: [change.shelf, change.key])
        }
      }
    }
  }
}
