import Foundation
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraStorage
import MoiraWire

/// Looks at a party's file while its agent runs: a change counts without a restart.
struct ProfileWatch: Sendable {
  /// How often the file is looked at.
  static let interval = Duration.seconds(1)

  let folder: String
  let site: LiveSite
  let places: AgentPlaces
  let agent: AgentService
  let dialer: WireDialer
  let door: DirectDoor
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
        try await take(ChosenParty(reading: read.get()).profile)
      } catch let failure as Failure {
        refuse(failure.code, failure.message, failure.hint)
      } catch let wrong as WrongText {
        for one in wrong.diagnostics.all { refuse(one.code, one.message, one.hint) }
      }
    }
  }

  /// All of the file, or, where a line of it cannot be carried out, nothing.
  private func take(_ profile: PartyProfile) async throws {
    guard profile.id == agent.party else { return try site.replace(profile) }
    let hub = try places.hub(of: profile)
    try await door.listen(at: places.listening(of: profile))
    let before = site.resources
    try site.replace(profile)
    let isElsewhere = dialer.lead(to: hub)
    let now = site.resources
    if isElsewhere || now != before || now.direct != before.direct {
      // The hub hears of these with the hello of a connection.
      await agent.renewConnection()
    }
  }

  private func refuse(_ code: String, _ message: String, _ hint: String?) {
    log.failed(Failure(code, "party.yaml as it is now does not count: \(message)", hint: hint))
  }
}
