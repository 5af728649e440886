import Foundation
public import MoiraCrypto
public import MoiraModel
internal import MoiraTable

/// A party's long-term key in a file that its agent's user alone may read (0600): 64 hexadecimal
/// digits and a line feed.
public enum IdentityFile {
  /// The key in the file; where there is none, a new one is drawn and put there first.
  ///
  /// - Throws: `storage-unwritable`; `identity-unreadable` if there is something else at the path;
  ///   `keys-exposed` if others than its user and group may read or change it. A group may: where secrets are
  ///   mounted into containers, the process has them by its group.
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
    let text: String
    let isExposed: Bool
    do throws(SystemFault) {
      let file = try OpenFile(path, O_RDONLY)
      let status = try file.status()
      isExposed = status.st_mode & 0o007 != 0
      text = try file.mapped(count: Int(status.st_size)).withBytes {
        String(decoding: $0, as: UTF8.self)
      }
    } catch {
      if error.number == ENOENT { return nil }
      throw Failure(
        "identity-unreadable", "the identity key '\(path)' cannot be read: \(error.reason)",
        hint: error.hint)
    }
    if isExposed {
      throw Failure(
        "keys-exposed", "everybody on this machine may read '\(path)'",
        hint: "chmod 600 \(path); if others have accounts here, make new keys")
    }
    if let bytes = hexadecimalBytes(text.trimmingCharacters(in: .whitespacesAndNewlines)),
      let pair = try? IdentityKeyPair(secretBytes: bytes)
    {
      return pair
    }
    throw Failure(
      "identity-unreadable", "the identity key '\(path)' must be 64 hexadecimal digits, but is not",
      hint: "bring it back from a backup; a new key makes the party a stranger to jobs that run")
  }
}
