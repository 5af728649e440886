import Foundation
public import MoiraCrypto
public import MoiraModel
internal import MoiraTable

/// A party's long-term key in a file that its agent's user alone may read (0600): 64 hexadecimal
/// digits and a line feed.
public enum IdentityFile {
  /// The key in the file; where there is none, a new one is drawn and put there first.
  ///
  /// - Throws: `storage-unwritable`; `identity-unreadable` if there is something else at the path.
  public static func key(at path: String) throws(Failure) -> IdentityKeyPair {
    if let there = try read(path) { return there }
    var generator = SystemSecureGenerator()
    let pair = IdentityKeyPair(using: &generator)
    let text = Array("\(hexadecimal(pair.exportSecretBytes()))\n".utf8)
    do throws(SystemFault) {
      try makeFolder((path as NSString).deletingLastPathComponent)
      try AlignedBytes(text).withBytes { bytes throws(SystemFault) in
        try replaceFile(at: path, with: bytes, mode: 0o600, overwrites: false)
      }
    } catch {
      throw Failure(
        "storage-unwritable", "the file '\(path)' cannot be written: \(error.reason)",
        hint: error.hint)
    }
    // Of two processes that were here at once, the one that came first has its key there.
    return try read(path) ?? pair
  }

  private static func read(_ path: String) throws(Failure) -> IdentityKeyPair? {
    do throws(SystemFault) {
      let file = try OpenFile(path, O_RDONLY)
      let size = Int(try file.status().st_size)
      let text = try file.mapped(count: size).withBytes { String(decoding: $0, as: UTF8.self) }
      if let bytes = hexadecimalBytes(text.trimmingCharacters(in: .whitespacesAndNewlines)),
        let pair = try? IdentityKeyPair(secretBytes: bytes)
      {
        return pair
      }
    } catch {
      if error.number == ENOENT { return nil }
      throw Failure(
        "identity-unreadable", "the identity key '\(path)' cannot be read: \(error.reason)",
        hint: error.hint)
    }
    throw Failure(
      "identity-unreadable", "the identity key '\(path)' must be 64 hexadecimal digits, but is not",
      hint: "bring it back from a backup; a new key makes the party a stranger to jobs that run")
  }
}
