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

extension Probe {
  /// The most memory that this process has had at once, mapped files included.
  ///
  /// Not what the parent is told at the end: there Linux counts in what the parent had when it
  /// started the child.
  static var peakBytes: Double {
    #if canImport(Darwin)
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss)
    #else
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return (kilobytes.flatMap { Double($0) } ?? .nan) * 1024
    #endif
  }
}
