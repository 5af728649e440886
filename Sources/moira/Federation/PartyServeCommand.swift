import ArgumentParser
import Foundation
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraWire

/// Runs a party's agent.
struct PartyServeCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the agent of a party: dial the hub, take part in jobs.",
    discussion: """
      moira party serve parties/hospital-a

      The agent opens no port. What it may take part in stands under 'policy' in party.yaml; \
      'moira party audit' shows what it did.
      """)

  @Argument(help: "The party's folder.", completion: .directory) var folder: String
  @OptionGroup var service: ServiceOptions
  @Option(help: "Where the hub is; by default what party.yaml says.") var hub: String?
  @Option(help: "Seconds that running parts have to end when the agent is told to stop.")
  var drain = 20.0
  var isJSON: Bool { false }

  func perform() async throws -> ExitStatus {
    let home = PartyHome(path: folder)
    try home.state.make()
    let lock = try home.state.lockAgent(of: folder, hint: "a party's agent runs once")
    defer { withExtendedLifetime(lock) {} }
    service.logFormat.begin()
    let party = try ChosenParty(reading: try PartyFolders.read(folder))
    let profile = party.profile
    let places = AgentPlaces(folder: folder, hub: hub)
    let address = try places.hub(of: profile)
    let clock = SystemClock()
    let stamp = home.keys.stamp
    let (identity, trust) = try home.credentials(clock)
    try trust.credentials.member.expected(.party, profile.id)
    let documents = try SQLiteJobStore(path: home.database)
    let audit = try AuditLog(
      path: home.audit, party: profile.id, signing: identity, now: clock.now())
    let log = AgentLog(profile.id)
    let site = try await LiveSite(
      profile, home, trust: trust, documents: documents, audit: audit, clock: clock, log: log)
    let agent = try await AgentService(
      site: site, identity: identity, documents: documents, clock: clock,
      workers: .threads(ProcessInfo.processInfo.activeProcessorCount),
      directDialer: WireDirectDialer(trust: trust))
    let dialer = WireDialer(address, trust: trust)
    let door = DirectDoor(agent, trust: trust)
    let profiles = ProfileWatch(
      folder: folder, site: site, places: places, agent: agent, dialer: dialer, door: door, log: log
    )
    let keys = KeyWatch(
      keys: home.keys, identity: identity.publicKey, trust: trust, clock: clock, first: stamp)
    Console.print("moira party '\(profile.id)' dials the hub at \(address)")
    fflush(nil)
    try await AgentRunner(
      agent: agent, dialer: dialer, door: door, listening: places.listening(of: profile),
      drain: .seconds(drain),
      watches: [
        { try await profiles.run(since: party.text) },
        {
          try await keys.run { member in
            log.took(member.renewal)
            await agent.renewConnection()
          } failed: {
            log.failed($0)
          }
        },
      ]
    ).serve(service, site.meters.registry)
    _ = try? audit.sign(at: clock.now())
    return .done
  }
}
