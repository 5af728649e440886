import ArgumentParser
import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraStorage
import MoiraYAML

/// One party's folder, read: by its path, or by the party's id below 'parties'.
struct ChosenParty {
  let profile: PartyProfile
  let folder: String
  /// The `party.yaml` as the diagnostics name it, with its text.
  let file: String
  let text: String

  var sources: [String: String] { [file: text] }
  /// Where the agent keeps its audit log.
  var audit: String { "\(folder)/state/audit.jsonl" }

  /// - Parameter given: nil for the folder where the command runs, or the only one below 'parties'.
  /// - Throws: `WrongText`; `party-unreadable`; `ValidationError` where it is not clear whose is meant.
  init(_ given: String?) throws {
    try self.init(reading: try PartyFolders.read(try Self.path(given)))
  }

  init(reading folder: PartyFolders.Folder) throws(WrongText) {
    self.folder = folder.path
    (file, text) = (folder.file, folder.text)
    do throws(Diagnostics) {
      profile = try PartyProfile(reading: try readYAML(folder.text, file: folder.file))
    } catch {
      throw WrongText(diagnostics: error, sources: [folder.file: folder.text])
    }
  }

  private static func path(_ given: String?) throws -> String {
    let isParty = { (path: String) in
      FileManager.default.fileExists(atPath: "\(path)/\(PartyFolders.fileName)")
    }
    let parties = RegisteredParties.defaultFolder()
    if let given {
      let below = "\(parties)/\(given)"
      return !isParty(given) && isParty(below) ? below : given
    }
    if isParty(".") { return "." }
    let all = try PartyFolders.list(below: parties).map(\.path)
    if all.count == 1 { return all[0] }
    throw ValidationError(
      all.isEmpty
        ? "here is no party.yaml; name the party's folder"
        : "say whose it is: \(all.joined(separator: ", "))")
  }
}
