internal import Foundation
internal import MoiraModel

/// JSON inside of messages, for values that have no form of their own on the wire.
enum WireJSON {
  static func bytes(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      return try encoder.encode(value)
    } catch {
      preconditionFailure("values of Moira's own are written without fail: \(error)")
    }
  }

  /// - Throws: `frame-form`.
  static func value<Value: Decodable>(_ type: Value.Type, _ data: Data) throws(Failure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw Failure(
        "frame-form", "a message is not of the form that hub and agents share", cause: "\(error)")
    }
  }
}
