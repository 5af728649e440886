internal import CPostgres
internal import MoiraRuntime

/// What a statement gave, in binary form.
final class Rows {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  var count: Int { Int(PQntuples(result)) }
  var isEmpty: Bool { count == 0 }

  /// How many rows a change touched.
  var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// What was done, as the server names it: `COMMIT`.
  var command: String { String(cString: PQcmdStatus(result)) }

  /// SQLSTATE and primary message, if the statement did not succeed.
  var refusal: DatabaseFault? {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK: nil
    default: .refused(state: field("C"), detail: field("M"))
    }
  }

  private func field(_ code: Character) -> String {
    PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) } ?? ""
  }

  /// Nil is NULL.
  func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
      return nil
    }
    return Array(
      UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))))
  }

  func text(_ row: Int, _ column: Int) -> String? {
    bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A whole number of any width, or a truth value.
  func integer(_ row: Int, _ column: Int) -> Int64? {
    guard let bytes = bytes(row, column), let first = bytes.first else { return nil }
    let sign: Int64 = bytes.count > 1 && first > 127 ? -1 : 0
    return bytes.reduce(sign) { $0 << 8 | Int64($1) }
  }

  /// What a column has as JSON.
  func value<Value: Decodable>(
    _ type: Value.Type, _ row: Int, _ column: Int
  ) throws -> Value {
    try RecordJSON.value(type, text(row, column).orMissing("\(type)"))
  }

  func map<Value>(_ body: (Int) throws -> Value) rethrows -> [Value] {
    try (0..<count).map(body)
  }
}

/// A row lacks what its statement always gives.
struct MissingColumn: Error {
  let name: String
}

extension Optional {
  func orMissing(_ name: String) throws -> Wrapped {
    guard let self else { throw MissingColumn(name: name) }
    return self
  }
}
