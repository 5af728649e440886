import Foundation
import Logging

/// How a service writes its log: a line of text, or a line of JSON, for each event; to standard error.
enum ServiceLogFormat: String, CaseIterable, Sendable {
  case text, json

  func begin(level: Logger.Level = .info) {
    LoggingSystem.bootstrap { label in
      var handler = ServiceLogLines(label: label, format: self)
      handler.logLevel = level
      return handler
    }
  }
}

/// Writes the log of a service in one of the forms.
struct ServiceLogLines: LogHandler {
  let label: String
  let format: ServiceLogFormat
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    Console.printError(line(event.level, "\(event.message)", all))
  }

  private func line(
    _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
  ) -> String {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let pairs = metadata.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    guard format == .json else {
      let words = pairs.filter { !$0.1.isEmpty }.map { "\($0.0)=\(Self.quoted($0.1))" }
      return withoutControls(([time, "\(level)", message] + words).joined(separator: " "))
    }
    var object = Dictionary(pairs, uniquingKeysWith: { $1 })
    object["time"] = time
    object["level"] = "\(level)"
    object["logger"] = label
    object["message"] = message
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? message
  }

  private static func quoted(_ text: String) -> String {
    text.contains(" ") ? "\"\(text.replacing("\"", with: "'"))\"" : text
  }
}
