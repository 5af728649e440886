import Foundation

/// A hub or an agent as a process of its own.
final class LocalProcess: @unchecked Sendable {
  // @unchecked: Foundation's Process may be asked and signalled from any thread.
  private let process: Process
  let output: LineReader
  let log: LineReader

  init(_ process: Process) throws {
    self.process = process
    let pipes = [Pipe(), Pipe()]
    process.standardOutput = pipes[0]
    process.standardError = pipes[1]
    try process.run()
    output = LineReader(pipes[0].fileHandleForReading)
    log = LineReader(pipes[1].fileHandleForReading)
  }

  var id: Int32 { process.processIdentifier }
  var isAlive: Bool { process.isRunning }

  func signal(_ number: Int32) { kill(id, number) }

  /// Ends it without a word: what a power cut does.
  func kill9() {
    signal(SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to end, and waits until it has.
  ///
  /// - Returns: its exit code.
  func terminate() -> Int32 {
    signal(SIGTERM)
    process.waitUntilExit()
    return process.terminationStatus
  }

  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Bytes of memory that it holds.
  var memory: Int {
    let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1024
  }
}

/// What a command that has ended printed.
struct CommandResult {
  let status: Int32
  let output: String
  let errors: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

struct FederationFault: Error {
  let text: String
}
