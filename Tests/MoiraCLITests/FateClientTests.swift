import Foundation
import Testing

/// FATE's own client, unmodified, against `moira flow serve`.
///
/// `fate_client` 2.2.0 comes from PyPI into `.build/fate-client-2.2.0`, with the few packages that it
/// needs; without a network and without that folder these tests fail.
@Suite(.serialized) struct FateClientTests {
  private let place: Workplace
  private static let example = Workplace.repository + "/examples/fate"

  init() throws { place = try Workplace() }

  private func run(_ script: String, _ server: FlowServer) throws {
    let venv = try FateClient.environment()
    let outcome = try FateClient.run(
      venv + "/bin/python",
      [
        Workplace.repository + "/Tests/FateClient/" + script, venv, "\(server.port)", Self.example,
        place.path,
      ])
    #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    #expect(outcome.output.contains("all went well"), "\(outcome.output)\n\(outcome.errors)")
  }

  @Test func itsCommandsRunToSuccess() throws {
    let server = try FlowServer(
      in: place, "--protection", "none", "--parties", Self.example + "/parties", "--data-root",
      Self.example, "--data-root", place.path)
    try run("commands.py", server)
  }

  @Test func itsPythonProgramsRunToSuccess() throws {
    let server = try FlowServer(in: place, "--protection", "none")
    try run("program.py", server)
  }

  @Test func itsSignaturesAreAcceptedOnlyWhereTheOperatorSaysSo() throws {
    for isAccepted in [true, false] {
      let options = isAccepted ? ["--accept-legacy-signatures"] : ["--patience", "5"]
      let server = try FlowServer(in: place, options: ["--authentication"] + options)
      try run(isAccepted ? "signed.py" : "unsigned.py", server)
      server.end()
    }
  }
}

/// The client's virtual environment.
enum FateClient {
  /// Made once; kept between runs.
  static func environment() throws -> String {
    let venv = Workplace.repository + "/.build/fate-client-2.2.0"
    let script = Workplace.repository + "/Tests/FateClient/environment.py"
    let made = try run("/usr/bin/env", ["python3", script, venv])
    if made.status != 0 { throw FlowServerFault(text: made.errors) }
    return venv
  }

  static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let files = [0, 1].map { _ in NSTemporaryDirectory() + "moira-\(UUID().uuidString)" }
    for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = files.map { FileManager.default.contents(atPath: $0) ?? Data() }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: texts[0], as: UTF8.self),
      errors: String(decoding: texts[1], as: UTF8.self))
  }
}
