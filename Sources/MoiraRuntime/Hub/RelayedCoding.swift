import Foundation

/// JSON for what hub and agents write to one another inside of their messages.
enum RelayedCoding {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      return Array(try encoder.encode(value))
    } catch {
      preconditionFailure("values of Moira's own are written without fail: \(error)")
    }
  }

  static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}

extension PartReport {
  /// Reads what an agent told.
  init(relayed bytes: [UInt8]) throws { self = try RelayedCoding.value(PartReport.self, bytes) }

  var relayed: [UInt8] { RelayedCoding.bytes(self) }
}
