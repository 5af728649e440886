import Foundation
internal import MoiraTable

/// An open file, closed when it goes.
struct OpenFile: ~Copyable {
  /// The most that one call writes; systems cut longer writes off.
  private static let writeLimit = 1 << 26

  let descriptor: Int32

  init(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(SystemFault) {
    descriptor = open(path, flags | O_CLOEXEC, mode)
    if descriptor < 0 { throw .last }
  }

  deinit { close(descriptor) }

  func status() throws(SystemFault) -> stat {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw .last }
    return status
  }

  func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemFault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.writeLimit))
      let count = write(descriptor, piece.baseAddress, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .last
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Returns when all that was written would survive a power cut.
  func synchronize() throws(SystemFault) {
    if fsync(descriptor) != 0 { throw .last }
  }

  /// Takes the lock of the file if nobody else has it. It goes with the file.
  func lock(_ kind: Int32 = LOCK_EX) -> Bool { flock(descriptor, kind | LOCK_NB) == 0 }

  /// The file's bytes, in place: they stay there when the file is closed or removed.
  func mapped(count: Int) throws(SystemFault) -> any TableBytes {
    guard count > 0 else { return AlignedBytes([]) }
    return try MappedBytes(descriptor: descriptor, count: count)
  }
}

/// A file that is mapped into memory, read-only.
///
/// A file that another program shortens while it is mapped ends the process at the next read of what
/// is gone: datasets are to be replaced, not rewritten in place.
final class MappedBytes: TableBytes, @unchecked Sendable {  // nobody writes to the bytes
  private let bytes: UnsafeRawBufferPointer

  init(descriptor: Int32, count: Int) throws(SystemFault) {
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw .last }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }
}

/// The folder's list of names, on the disk.
func synchronizeFolder(_ path: String) throws(SystemFault) {
  try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
}

/// Makes a folder, and those above it, where they are missing.
func makeFolder(_ path: String, mode: mode_t = 0o755) throws(SystemFault) {
  if mkdir(path, mode) == 0 { return }
  let fault = SystemFault.last
  switch fault.number {
  case EEXIST:
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw fault }
  case ENOENT:
    let parent = (path as NSString).deletingLastPathComponent
    guard !parent.isEmpty, parent != path else { throw fault }
    try makeFolder(parent)
    if mkdir(path, mode) != 0, errno != EEXIST { throw .last }
  default: throw fault
  }
}

/// The names in a folder, in order; none if there is no such folder.
func names(in folder: String) throws(SystemFault) -> [String] {
  guard let stream = opendir(folder) else {
    if errno == ENOENT { return [] }
    throw .last
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Puts a whole file in place of what stands at the path, or leaves that as it was.
///
/// - Parameter overwrites: whether it takes the place of a file that is there; if not, that one stays.
///
/// The bytes are written under another name in the same folder, and renamed once they are on the
/// disk. Whoever reads sees the old file or the new one.
func replaceFile(
  at path: String, with bytes: UnsafeRawBufferPointer, mode: mode_t, overwrites: Bool = true
) throws(SystemFault) {
  let folder = (path as NSString).deletingLastPathComponent
  for isRetry in [false, true] {
    let temporary = "\(folder)/\(temporaryPrefix)\(UUID().uuidString)"
    do throws(SystemFault) {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
      // The lock says that somebody is still writing: see `removeTemporaries`.
      _ = file.lock()
      try file.writeAll(bytes)
      try file.synchronize()
      if overwrites {
        if rename(temporary, path) != 0 { throw .last }
      } else {
        if link(temporary, path) != 0, errno != EEXIST { throw .last }
        unlink(temporary)
      }
      break
    } catch {
      unlink(temporary)
      // Swept away between its making and its locking: once more.
      if error.number != ENOENT || isRetry { throw error }
    }
  }
  try synchronizeFolder(folder)
}

/// How the names of half-written files begin.
let temporaryPrefix = ".writing-"

/// Removes what processes that have died left half-written in a folder.
func removeTemporaries(in folder: String) throws(SystemFault) -> Int {
  var removed = 0
  for name in try names(in: folder) where name.hasPrefix(temporaryPrefix) {
    guard let file = try? OpenFile("\(folder)/\(name)", O_RDONLY), file.lock() else { continue }
    if unlink("\(folder)/\(name)") == 0 { removed += 1 }
  }
  return removed
}
