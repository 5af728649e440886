import Foundation
import MoiraModel

/// Measures what the goals of the engine are about, and prints one table.
///
/// `benchmarks [NAME ...]` runs those named, or all. `benchmarks probe NAME ARGUMENT ...` is one
/// measurement in a process of its own, so that its peak of memory is its own.
@main
enum Benchmarks {
  static let all: [(name: String, run: @Sendable (Bench) async throws -> Void)] = [
    ("check", measureCheck), ("job", measureWholeJob), ("gradient", measureGradient),
    ("csv", measureCSV), ("noop", measureNoOpJobs), ("plan", measurePlanning),
    ("mask", measureMasking), ("round", measureSecureRounds),
    ("noise", measureNoise), ("paillier", measurePaillier), ("memory", measureTrainingMemory),
  ]

  static func main() async {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments.first == "probe" {
        try await Probe.run(Array(arguments.dropFirst()))
      } else {
        try await measure(arguments)
      }
    } catch {
      complain("error: \(error)")
      exit(1)
    }
  }

  private static func measure(_ chosen: [String]) async throws {
    for name in chosen where !all.contains(where: { $0.name == name }) {
      throw Missing("'\(name)' is not a benchmark; there are \(all.map(\.name))")
    }
    let bench = try Bench()
    for (name, run) in all where chosen.isEmpty || chosen.contains(name) {
      complain("measuring \(name) ...")
      try await run(bench)
    }
    bench.board.print()
  }
}

/// Something without which nothing can be measured.
struct Missing: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Says how far it has come, beside the table.
func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
