import Foundation

/// What a run of the built binary gave.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// A folder of its own in which `moira` runs as a process; removed at the end.
final class Workplace {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "moira-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to file: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }

  /// The process, not started.
  func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    var environment = ProcessInfo.processInfo.environment
    environment["MOIRA_HOME"] = nil
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  func moira(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// - Parameter variables: of the environment, beside those of the tests.
  func run(_ arguments: [String], with variables: [String: String] = [:]) throws -> Outcome {
    let process = process(arguments)
    process.environment?.merge(variables) { $1 }
    let out = "\(path)/.\(UUID().uuidString)"
    let files = [out + ".out", out + ".err"]
    for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = files.map { FileManager.default.contents(atPath: $0) ?? Data() }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: texts[0], as: UTF8.self),
      errors: String(decoding: texts[1], as: UTF8.self))
  }

  /// Beside the test bundle, where the same build put it.
  static let binary: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let beside = bundle.appendingPathComponent("moira")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.appendingPathComponent(".build/debug/moira")
  }()
}
