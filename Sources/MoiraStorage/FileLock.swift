import Foundation
public import MoiraModel
internal import MoiraTable

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
  /// - Parameter note: a line for others to read while the lock is held; see `note(at:)`.
  /// - Throws: `storage-unwritable` when the file cannot be made.
  public static func acquire(_ path: String, note: String? = nil) throws(Failure) -> FileLock? {
    do throws(SystemFault) {
      let folder = (path as NSString).deletingLastPathComponent
      if !folder.isEmpty { try makeFolder(folder) }
      let file = try OpenFile(path, O_RDWR | O_CREAT)
      for attempt in 1...tries {
        if file.lock() {
          if let note { try write(note, into: file) }
          return FileLock(file)
        }
        if attempt < tries { usleep(pause) }
      }
      return nil
    } catch {
      throw Failure(
        "storage-unwritable", "the lock '\(path)' cannot be made: \(error.reason)",
        hint: error.hint)
    }
  }

  /// The new line is whole before the rest of an old one is cut off: whoever reads ends at the first
  /// end of a line.
  private static func write(_ note: String, into file: borrowing OpenFile) throws(SystemFault) {
    let line = note.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    let bytes = Array(line.utf8)
    try AlignedBytes(bytes).withBytes { (bytes) throws(SystemFault) in try file.writeAll(bytes) }
    if ftruncate(file.descriptor, off_t(bytes.count)) != 0 { throw .last }
  }

  /// What the process that has the lock wrote beside it; nil if no process has it.
  public static func note(at path: String) -> String? {
    guard isHeld(path) else { return nil }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }

  /// Whether some process has the lock.
  public static func isHeld(_ path: String) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY) else { return false }
    return !file.lock(LOCK_SH)
  }
}
