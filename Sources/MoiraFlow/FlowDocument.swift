import Foundation
internal import MoiraModel

/// Values as the documents that are kept of them.
enum FlowDocument {
  static func bytes(_ value: some Encodable) throws(Failure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return Array(try encoder.encode(value))
    } catch {
      throw Failure("internal-error", "a document cannot be written", cause: "\(error)")
    }
  }

  static func read<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(Failure) -> Value
  {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch {
      throw Failure(
        "flow-state", "the server's state holds a document that is not of its form",
        hint: "it was written by another moira; run that one, or begin with another '--home'",
        cause: "\(error)")
    }
  }
}

/// The values that were asked for last; the one that was not wanted for longest goes first.
struct Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  let limit: Int
  private var values: [Key: Value] = [:]
  private var order: [Key] = []

  init(limit: Int) { self.limit = limit }

  subscript(key: Key) -> Value? {
    mutating get {
      guard let value = values[key] else { return nil }
      order.removeAll { $0 == key }
      order.append(key)
      return value
    }
    set {
      order.removeAll { $0 == key }
      values[key] = newValue
      guard newValue != nil else { return }
      order.append(key)
      if order.count > limit { values[order.removeFirst()] = nil }
    }
  }
}
