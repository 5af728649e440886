import Foundation
public import MoiraModel

/// Says that a process is at work on something, a job most often: a lock on a file that ends with
/// the process, however that ends.
public final class FileLock: Sendable {
  /// Whoever asks `isHeld` has the lock for a moment; so often it is tried again.
  private static let tries = 40
  private static let pause: UInt32 = 500  // microseconds

  private let file: OpenFile

  private init(_ file: consuming OpenFile) { self.file = file }

  /// The lock, or nil if somebody has it.
  ///
  /// - Throws: `storage-unwritable` when the file cannot be made.
  public static func acquire(_ path: String) throws(Failure) -> FileLock? {
    do throws(SystemFault) {
      let folder = (path as NSString).deletingLastPathComponent
      if !folder.isEmpty { try makeFolder(folder) }
      let file = try OpenFile(path, O_RDWR | O_CREAT)
      for attempt in 1...tries {
        if file.lock() { return FileLock(file) }
        if attempt < tries { usleep(pause) }
      }
      return nil
    } catch {
      throw Failure(
        "storage-unwritable", "the lock '\(path)' cannot be made: \(error.reason)",
        hint: error.hint)
    }
  }

  /// Whether some process has the lock.
  public static func isHeld(_ path: String) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY) else { return false }
    return !file.lock(LOCK_SH)
  }
}
