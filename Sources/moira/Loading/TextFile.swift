import Foundation
import MoiraModel

/// Reads a file that a person wrote.
enum TextFile {
  /// The longest that is read, in bytes.
  static let sizeLimit = 16 << 20

  /// - Throws: one diagnostic, `file-unreadable`.
  static func read(_ path: String, hint: String? = nil) throws(Diagnostics) -> String {
    let bytes: [UInt8]
    do {
      bytes = try readBytes(path)
    } catch {
      throw unreadable(path, error.words, hint: hint)
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let line = firstBadLine(bytes)
    throw Diagnostics(
      Diagnostic(
        code: "file-unreadable", "the text must be UTF-8, but line \(line) is not",
        at: Site(file: path, line: line, column: 1)))
  }

  private static func unreadable(_ path: String, _ why: String, hint: String?) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        code: "file-unreadable", "'\(path)' cannot be read: \(why)", at: nil,
        hint: nearby(path) ?? hint))
  }

  private static func readBytes(_ path: String) throws(FileFault) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileFault(code: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= sizeLimit {
      let count = Foundation.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFault(code: errno) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
    throw FileFault(code: EFBIG)
  }

  private static func firstBadLine(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    return (bad ?? 0) + 1
  }

  /// A file of a similar name in the same folder.
  private static func nearby(_ path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder),
      let near = nearestName(
        to: url.lastPathComponent, among: names.filter { $0.hasSuffix(".yaml") })
    else { return nil }
    let prefix = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    return "did you mean '\(prefix)\(near)'?"
  }
}

/// Why a file cannot be used, as the system says it.
struct FileFault: Error {
  let code: Int32

  var words: String {
    switch code {
    case ENOENT: "no such file"
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a folder"
    case EFBIG: "it is larger than \(TextFile.sizeLimit >> 20) MiB"
    default: String(cString: strerror(code)).lowercased()
    }
  }
}
