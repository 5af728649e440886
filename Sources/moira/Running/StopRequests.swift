import Foundation
import MoiraModel

/// How another process asks the one that runs a job to stop it: a file beside the lock.
struct StopRequests: Sendable {
  /// How often the running process looks.
  static let interval = Duration.milliseconds(200)

  let file: String

  init(of job: JobID, home: Home) { file = home.stopRequest(of: job) }

  /// - Throws: `storage-unwritable`.
  func ask(reason: String) throws(Failure) {
    do {
      try Data(reason.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw Failure(
        "storage-unwritable", "the request '\(file)' cannot be written", cause: "\(error)")
    }
  }

  func clear() { unlink(file) }

  /// The reason, if somebody asked.
  private var reason: String? {
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// Calls `stop` once when somebody asks; ends when cancelled.
  func watch(_ stop: @Sendable (String) async -> Void) async {
    while !Task.isCancelled {
      if let reason {
        await stop(reason)
        clear()
        return
      }
      try? await Task.sleep(for: Self.interval)
    }
  }
}
