import Foundation
import MoiraModel
import MoiraSim

/// What all measurements share: where they work, what they compare with, and what they found.
final class Bench {
  let board = Board()
  let python = PythonReference()
  /// A folder on a real disk, empty at the start.
  let folder: String
  /// The repository.
  let root: String
  let cores = ProcessInfo.processInfo.activeProcessorCount
  var workers: Workers { .threads(cores) }

  init() throws {
    root = ProcessInfo.processInfo.environment["MOIRA_ROOT"] ?? ".."
    folder = ProcessInfo.processInfo.environment["MOIRA_BENCH_DIR"] ?? ".build/measuring"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The binary that users run.
  var moira: String {
    ProcessInfo.processInfo.environment["MOIRA_BINARY"] ?? ".build/release/moira"
  }
}

/// How long the body takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start).inSeconds
}

/// How much of the processor's time this thread takes for the body, in seconds: what other processes do
/// does not count.
func cpuSeconds(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let start = now()
  try body()
  return now() - start
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension [Double] {
  var best: Double { self.min() ?? .nan }
  var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
