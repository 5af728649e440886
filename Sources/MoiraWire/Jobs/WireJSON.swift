internal import Foundation
internal import MoiraModel
internal import MoiraRuntime

/// JSON inside of messages, for values that have no form of their own on the wire.
enum WireJSON {
  static func bytes(_ value: some Encodable) -> Data { RecordJSON.data(value) }

  /// - Throws: `frame-form`.
  static func value<Value: Decodable>(_ type: Value.Type, _ data: Data) throws(Failure) -> Value {
    do {
      return try RecordJSON.value(type, data)
    } catch {
      throw Failure(
        "frame-form", "a message is not of the form that hub and agents share", cause: "\(error)")
    }
  }
}
