import Foundation
import MoiraModel
import MoiraStorage

/// Looks at a party's file while its agent runs: a change counts without a restart.
struct ProfileWatch: Sendable {
  /// How often the file is looked at.
  static let interval = Duration.seconds(1)

  let folder: String
  let site: LiveSite
  let log: AgentLog

  /// Watches until cancelled. A file that is wrong or gone changes nothing, and is told once.
  ///
  /// - Throws: `CancellationError`.
  func run(since first: String) async throws {
    var last: String? = first
    while true {
      try await Task.sleep(for: Self.interval)
      let read = Result { () throws(Failure) in try PartyFolders.read(folder) }
      let text = try? read.get().text
      guard text != last else { continue }
      last = text
      do {
        try site.replace(ChosenParty(reading: read.get()).profile)
      } catch let failure as Failure {
        log.failed(failure)
      } catch let wrong as WrongText {
        for one in wrong.diagnostics.all {
          log.failed(
            Failure(
              one.code, "party.yaml as it is now does not count: \(one.message)", hint: one.hint))
        }
      }
    }
  }
}
