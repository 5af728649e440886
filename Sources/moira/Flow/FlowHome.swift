import Foundation
import MoiraFlow
import MoiraModel
import MoiraStorage

/// The server's own files below the home.
enum FlowHome {
  static func tables(_ home: Home) -> String { "\(home.path)/flow/tables" }

  /// What is kept of jobs that run at a hub.
  static func hubDatabase(_ home: Home) -> String { "\(home.path)/flow/hub.sqlite" }

  /// Where a table's bytes lie.
  static func path(of table: ContentHash, _ home: Home) -> String {
    "\(tables(home))/objects/\(table.text.prefix(2))/\(table.text)"
  }

  /// Keeps the home to one server.
  ///
  /// - Throws: `flow-locked`.
  static func lock(_ home: Home) throws(Failure) -> FileLock {
    guard let lock = try FileLock.acquire("\(home.path)/flow/serve.lock") else {
      throw Failure(
        "flow-locked", "another 'moira flow serve' uses the home '\(home.path)'",
        hint: "'--home' names another one")
    }
    return lock
  }

  /// The folder for files that are coming in, without what a process that died left there.
  static func makeIncoming(_ home: Home) throws(Failure) -> String {
    let folder = "\(home.path)/flow/incoming"
    do {
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw unwritable(folder, error)
    }
    return folder
  }

  /// The administrator's token, made at the first start; for the server's user only.
  static func adminToken(_ home: Home) throws(Failure) -> String {
    let path = "\(home.path)/flow/admin-token"
    if let data = FileManager.default.contents(atPath: path) {
      let token = String(decoding: data, as: UTF8.self).trimmingCharacters(
        in: .whitespacesAndNewlines)
      if !token.isEmpty { return token }
    }
    let token = FlowSecret.token()
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data((token + "\n").utf8), attributes: [.posixPermissions: 0o600])
    guard isMade else { throw unwritable(path, nil) }
    Console.printError("the token of the app 'admin' lies in '\(path)'")
    return token
  }

  private static func unwritable(_ path: String, _ error: (any Error)?) -> Failure {
    Failure(
      "storage-unwritable", "'\(path)' cannot be made", cause: error.map { "\($0)" })
  }
}
