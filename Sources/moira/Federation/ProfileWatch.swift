import Foundation
import MoiraModel
import MoiraPlan
import MoiraStorage
import MoiraYAML

/// Looks at a party's file while its agent runs: a change counts without a restart.
struct ProfileWatch: Sendable {
  /// How often the file is looked at.
  static let interval = Duration.seconds(1)

  let folder: String
  let site: LiveSite
  let log: AgentLog

  /// Watches until cancelled. A file that is wrong or gone changes nothing, and is told once.
  func run(since first: String) async {
    var last: String? = first
    while (try? await Task.sleep(for: Self.interval)) != nil {
      let text = try? PartyFolders.read(folder)
      guard text?.text != last else { continue }
      last = text?.text
      do {
        try site.replace(Self.profile(in: folder))
      } catch let failure as Failure {
        log.failed(failure)
      } catch let wrong as WrongText {
        for one in wrong.diagnostics.all {
          log.failed(
            Failure(
              one.code, "party.yaml as it is now does not count: \(one.message)", hint: one.hint))
        }
      } catch {}
    }
  }

  /// - Throws: `WrongText`, or what reading the file throws.
  static func profile(in folder: String) throws -> PartyProfile {
    let text = try PartyFolders.read(folder)
    do throws(Diagnostics) {
      return try PartyProfile(reading: try readYAML(text.text, file: text.file))
    } catch {
      throw WrongText(diagnostics: error, sources: [text.file: text.text])
    }
  }
}
