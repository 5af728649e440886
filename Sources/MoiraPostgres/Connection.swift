internal import CPostgres
import Foundation

/// How long things may take on a connection.
struct ConnectionBounds: Sendable {
  /// For one statement, at the server.
  var statement: Duration
  /// For the server's answer, at this end; longer than `statement`, so that the server tells first.
  var answer: Duration
  /// For what a transaction that has begun may wait for this process. After it the server breaks the
  /// connection, so that a process that was stopped holds no lock.
  var idle: Duration

  static func ordinary(idle: Duration) -> ConnectionBounds {
    ConnectionBounds(statement: .seconds(20), answer: .seconds(25), idle: idle)
  }
}

/// One connection to a server, for one thread at a time.
final class Connection {
  let handle: OpaquePointer
  let bounds: ConnectionBounds
  /// The names of the statements that the server has prepared, by their text.
  var prepared: [String: String] = [:]

  /// - Throws: `disconnected` when nobody answers, `refused` when the server says why.
  init(_ address: DatabaseAddress, bounds: ConnectionBounds) throws(DatabaseFault) {
    self.bounds = bounds
    guard let handle = Self.connect(address.parameters) else {
      throw .disconnected(detail: "no memory for a connection")
    }
    self.handle = handle
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    if !isOpen {
      // Once more, with the SQLSTATE in place of words in the server's language.
      PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
      PQreset(handle)
    }
    guard isOpen else { throw Self.fault(ofConnecting: lastMessage) }
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    PQsetnonblocking(handle, 1)
  }

  deinit { PQfinish(handle) }

  var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

  /// libpq's own words. They hold no password.
  var lastMessage: String {
    String(cString: PQerrorMessage(handle)).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func connect(_ parameters: [(keyword: String, value: String)]) -> OpaquePointer? {
    let keywords = parameters.map { strdup($0.keyword) }
    let values = parameters.map { strdup($0.value) }
    defer { for copy in keywords + values { free(copy) } }
    return PQconnectdbParams(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
  }

  /// A server's own refusal ends in its SQLSTATE: `FATAL:  28P01`.
  static func fault(ofConnecting message: String) -> DatabaseFault {
    guard let match = message.firstMatch(of: /:\s+([0-9A-Z]{5})$/) else {
      return .disconnected(detail: message)
    }
    return .refused(state: String(match.1), detail: message)
  }
}
