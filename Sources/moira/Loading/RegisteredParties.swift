import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraStorage
import MoiraYAML

/// The parties whose folders lie in one folder, read.
struct RegisteredParties {
  struct Party {
    let profile: PartyProfile
    let folder: String
  }

  let folder: String
  private(set) var parties: [Party] = []
  private(set) var diagnostics = Diagnostics()
  /// The texts that the diagnostics speak of, by file.
  private(set) var sources: [String: String] = [:]

  /// Reads every `party.yaml` one level below.
  ///
  /// - Parameter folder: when it is the default one and not there, no party is registered.
  init(in folder: String) {
    self.folder = folder
    if folder == Self.fallback, !FileManager.default.fileExists(atPath: folder) { return }
    do throws(Failure) {
      for one in try PartyFolders.list(below: folder) { read(one) }
    } catch {
      diagnostics.error(error.code, error.message, at: nil, hint: error.hint)
    }
  }

  subscript(id: PartyID) -> Party? { parties.first { $0.profile.id == id } }

  var registry: Registry {
    var datasets: [PartyID: [String]] = [:]
    for party in parties { datasets[party.profile.id] = party.profile.datasets.map(\.name) }
    return Registry(datasets: datasets)
  }

  private mutating func read(_ folder: PartyFolders.Folder) {
    sources[folder.file] = folder.text
    do throws(Diagnostics) {
      let profile = try PartyProfile(reading: try readYAML(folder.text, file: folder.file))
      if let first = self[profile.id] {
        diagnostics.error(
          "party-registered-twice",
          "the party '\(profile.id)' is registered in '\(first.folder)' and in '\(folder.path)'",
          at: Site(file: folder.file, line: 1, column: 1), hint: "give one of them another 'id'")
      } else {
        parties.append(Party(profile: profile, folder: folder.path))
      }
    } catch {
      diagnostics.add(contentsOf: error)
    }
  }

  // MARK: Where to look

  private static let fallback = "parties"

  /// The folder to look in when the user names none: beside the pipeline, else here.
  static func defaultFolder(besides file: String? = nil) -> String {
    guard let file, let slash = file.lastIndex(of: "/") else { return fallback }
    let beside = "\(file[...slash])\(fallback)"
    return FileManager.default.fileExists(atPath: beside) ? beside : fallback
  }
}
