import Foundation

/// A program that runs to its end, with what that took.
struct Program {
  struct Outcome {
    /// Of the wall clock, from the start to the end of the process.
    let seconds: Double
    let output: String
  }

  let path: String
  let arguments: [String]

  /// - Parameter keepsOutput: else it is thrown away, which costs nothing.
  func run(keepsOutput: Bool = false, expecting status: Int32 = 0) throws -> Outcome {
    let outputPath = keepsOutput ? NSTemporaryDirectory() + UUID().uuidString : "/dev/null"
    defer { if keepsOutput { unlink(outputPath) } }
    #if canImport(Darwin)
      var files: posix_spawn_file_actions_t?
    #else
      var files = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 1, outputPath, O_WRONLY | O_CREAT, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    var ended: Int32 = 0
    let start = ContinuousClock.now
    guard posix_spawnp(&process, path, &files, nil, words, environ) == 0 else {
      throw Missing("'\(path)' cannot be started")
    }
    waitpid(process, &ended, 0)
    let time = (ContinuousClock.now - start).inSeconds
    guard ended == status << 8 else {
      throw Missing("'\(path) \(arguments.joined(separator: " "))' ended with \(ended >> 8)")
    }
    let output = keepsOutput ? try String(contentsOfFile: outputPath, encoding: .utf8) : ""
    return Outcome(seconds: time, output: output)
  }
}
