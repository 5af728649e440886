import Foundation
public import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// The folders of the parties on this machine: each holds a `party.yaml`.
public enum PartyFolders {
  public static let fileName = "party.yaml"
  /// Bytes of one `party.yaml`.
  public static let sizeLimit = 16 << 20

  /// A folder with the text of its `party.yaml`.
  public struct Folder: Hashable, Sendable {
    public let path: String
    public let text: String
    public var file: String { "\(path)/\(fileName)" }
  }

  /// The folders right below `directory`, by name; those without a `party.yaml` are left out.
  ///
  /// - Throws: `party-unreadable`.
  public static func list(below directory: String) throws(Failure) -> [Folder] {
    var folders: [Folder] = []
    do throws(SystemFault) {
      for name in try names(in: directory) where !name.hasPrefix(".") {
        let path = "\(directory)/\(name)"
        if let text = try text(at: "\(path)/\(fileName)") {
          folders.append(Folder(path: path, text: text))
        }
      }
    } catch {
      throw unreadable(directory, error.reason)
    }
    return folders
  }

  /// The one folder at a path.
  ///
  /// - Throws: `party-unreadable`, also when there is none.
  public static func read(_ path: String) throws(Failure) -> Folder {
    do throws(SystemFault) {
      guard let text = try text(at: "\(path)/\(fileName)") else {
        throw SystemFault(number: ENOENT)
      }
      return Folder(path: path, text: text)
    } catch {
      throw unreadable("\(path)/\(fileName)", error.reason)
    }
  }

  /// Makes the folder of a new party below `directory`.
  ///
  /// - Throws: `party-exists`, `party-unwritable`.
  public static func create(_ party: PartyID, below directory: String) throws(Failure) -> Folder {
    let folder = Folder(
      path: "\(directory)/\(party)", text: PartyProfile.newText(id: party.text))
    guard isPartyName(party.text) else {
      throw Failure(
        "party-name", "'\(party)' is not a name for a party",
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
    }
    if access(folder.file, F_OK) == 0 {
      throw Failure("party-exists", "'\(folder.file)' is there already")
    }
    do throws(SystemFault) {
      try makeFolder(folder.path)
    } catch {
      throw unwritable(folder.path, error)
    }
    try rewrite(folder.path, text: folder.text)
    return folder
  }

  /// Puts another text in place of a folder's `party.yaml`.
  ///
  /// - Throws: `party-unwritable`; then the old text is still there.
  public static func rewrite(_ path: String, text: String) throws(Failure) {
    let file = "\(path)/\(fileName)"
    do throws(SystemFault) {
      try AlignedBytes(Array(text.utf8)).withBytes { bytes throws(SystemFault) in
        try replaceFile(at: file, with: bytes, mode: 0o644)
      }
    } catch {
      throw unwritable(file, error)
    }
  }

  /// Nil when there is no such file.
  private static func text(at path: String) throws(SystemFault) -> String? {
    do throws(SystemFault) {
      let file = try OpenFile(path, O_RDONLY)
      let size = Int(try file.status().st_size)
      guard size <= sizeLimit else { throw SystemFault(number: EFBIG) }
      return try file.mapped(count: size).withBytes { String(decoding: $0, as: UTF8.self) }
    } catch {
      if error.number == ENOENT || error.number == ENOTDIR { return nil }
      throw error
    }
  }

  private static func unreadable(_ path: String, _ reason: String) -> Failure {
    Failure(
      "party-unreadable", "'\(path)' cannot be read: \(reason)",
      hint: "a party is a folder with a \(fileName); 'moira party init ID' makes one")
  }

  private static func unwritable(_ path: String, _ fault: SystemFault) -> Failure {
    Failure("party-unwritable", "'\(path)' cannot be written: \(fault.reason)", hint: fault.hint)
  }
}
