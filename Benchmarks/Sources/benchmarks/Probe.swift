import Foundation

/// Measurements that run in a process of their own; see `Benchmarks`.
enum Probe {
  static func run(_ words: [String]) async throws {
    switch words.first {
    case "noop" where words.count == 5:
      try await noOpJob(
        shape: words[1], count: Int(words[2]) ?? 0, usesCache: words[3] == "on", folder: words[4])
    case "table" where words.count == 2: try await writeTable(folder: words[1])
    case "training" where words.count == 3:
      try await train(folder: words[1], hash: words[2])
    default: throw Missing("'\(words.joined(separator: " "))' is not a probe")
    }
  }
}
