// On Linux the compiler counts 'stat' among its members.
internal import CoreFoundation
internal import Foundation
internal import MoiraModel

/// Small files of keys and certificates: read within a bound, written whole or not at all.
enum MemberFile {
  /// Bytes of the largest: a list of members or of revocations.
  static let sizeLimit = 64 << 20

  /// The text; nil where there is no file.
  ///
  /// - Throws: `keys-unreadable`.
  static func read(_ path: String) throws(Failure) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 {
      if errno == ENOENT { return nil }
      throw .keysUnreadable(path, reason(errno))
    }
    defer { close(file) }
    guard let text = String(validating: try bytes(of: file, path), as: UTF8.self) else {
      throw .keysUnreadable(path, "it is no text")
    }
    return text
  }

  /// The text of a file that is for its user alone.
  ///
  /// - Throws: `keys-unreadable`; `keys-exposed` if others than its user and group may read it.
  static func readSecret(_ path: String) throws(Failure) -> String? {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & 0o007 != 0 { throw .keysExposed(path) }
    return try read(path)
  }

  private static func bytes(of file: Int32, _ path: String) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count <= sizeLimit {
      let count = Foundation.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .keysUnreadable(path, reason(errno)) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
    throw .keysUnreadable(path, "it is too large")
  }

  /// Puts a text in place of what stands at the path; whoever reads sees the old or the new.
  ///
  /// - Throws: `storage-unwritable`.
  static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(Failure) {
    let temporary = "\(path).\(UUID().uuidString)"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw unwritable(path, errno) }
    defer { close(file) }
    guard writeAll(Array(text.utf8), to: file), fsync(file) == 0, rename(temporary, path) == 0
    else {
      let number = errno
      unlink(temporary)
      throw unwritable(path, number)
    }
    synchronizeFolder(of: path)
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// So that the new name survives a power cut; the file itself is on the disk.
  private static func synchronizeFolder(of path: String) {
    let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Makes a folder and those above it.
  ///
  /// - Throws: `storage-unwritable`.
  static func makeFolder(_ path: String, mode: Int = 0o755) throws(Failure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    } catch {
      throw Failure(
        "storage-unwritable", "the folder '\(path)' cannot be made", cause: "\(error)")
    }
  }

  /// Which file there is at the path, and of when; where links are changed, as in mounted secrets, whose
  /// target.
  static func stamp(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "" }
    let time = status.st_mtim
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Does something while no other process does it in this folder.
  ///
  /// - Throws: `storage-unwritable`, and what `body` throws.
  static func locked<Result>(
    _ folder: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let file = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw unwritable("\(folder)/lock", errno) }
    defer { close(file) }
    while flock(file, LOCK_EX) != 0 {
      if errno != EINTR { throw unwritable("\(folder)/lock", errno) }
    }
    return try body()
  }

  private static func unwritable(_ path: String, _ number: Int32) -> Failure {
    Failure("storage-unwritable", "'\(path)' cannot be written: \(reason(number))")
  }

  private static func reason(_ number: Int32) -> String {
    switch number {
    case EACCES, EPERM: "no permission"
    case ENOSPC, EDQUOT: "no space is left on the disk"
    case EISDIR: "it is a folder"
    default: String(cString: strerror(number)).lowercased()
    }
  }
}
