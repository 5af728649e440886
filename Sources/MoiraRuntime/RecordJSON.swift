package import Foundation

/// How values are written into databases and into messages between hub, agents and submitters: JSON in
/// one line, keys sorted, so that equal values give equal text, and what is no finite number as a word.
package enum RecordJSON {
  /// Set up once: the set-up costs more than the encoding of an entry.
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }()

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }()

  package static func text(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  package static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try value(type, Data(text.utf8))
  }

  /// Of values of Moira's own, all of which can be written.
  package static func data(_ value: some Encodable) -> Data {
    do {
      return try encoder.encode(value)
    } catch {
      preconditionFailure("values of Moira's own are written without fail: \(error)")
    }
  }

  package static func bytes(_ value: some Encodable) -> [UInt8] { Array(data(value)) }

  package static func value<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    try decoder.decode(type, from: data)
  }

  package static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value
  { try value(type, Data(bytes)) }
}

/// Bytes as a text in base64. As an array they would be a list of numbers: four times as long, and
/// twenty times as slow to write.
package struct RecordBytes: Hashable, Codable, Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package init(from decoder: any Decoder) throws {
    bytes = Array(try decoder.singleValueContainer().decode(Data.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes))
  }
}

extension [PartReport] {
  /// Reads what an agent told at once.
  package init(relayed bytes: [UInt8]) throws {
    self = try RecordJSON.value([PartReport].self, bytes)
  }

  package var relayed: [UInt8] { RecordJSON.bytes(self) }
}
