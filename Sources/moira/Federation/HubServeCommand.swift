import ArgumentParser
import Foundation
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraPostgres
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraWire
import ServiceLifecycle

/// Runs a hub.
struct HubServeCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the hub: keep jobs, schedule, carry messages.",
    discussion: """
      moira hub serve hub

      Settings: hub.yaml, over it the environment (MOIRA_HUB_LISTEN, MOIRA_HUB_METRICS, \
      MOIRA_HUB_STATE, DATABASE_URL), over that the flags.
      """)

  @Argument(help: "The hub's folder.", completion: .directory) var folder: String?
  @Option(help: "The settings' file; by default hub.yaml in the folder.", completion: .file())
  var config: String?
  @Option(help: ArgumentHelp("Listen there.", valueName: "host:port")) var listen: String?
  @Option(
    help: ArgumentHelp(
      "Keep the jobs in PostgreSQL; a second hub there stands by.", valueName: "postgresql://..."))
  var database: String?
  @OptionGroup var service: ServiceOptions
  var isJSON: Bool { false }

  func validate() throws {
    if folder == nil, config == nil { throw ValidationError("name the hub's FOLDER or '--config'") }
  }

  private var file: String { config ?? "\(folder ?? ".")/\(HubSettingsText.fileName)" }
  private var home: PartyHome {
    PartyHome(path: folder ?? URL(fileURLWithPath: file).deletingLastPathComponent().path)
  }

  func perform() async throws -> ExitStatus {
    let settings = try HubSettings.read(file)
    guard let address = HubAddress(listen ?? settings.listen) else {
      throw Failure(
        "hub-address", "'listen' must be HOST:PORT, but is '\(listen ?? settings.listen)'")
    }
    service.logFormat.begin()
    let clock = SystemClock()
    let stamp = home.keys.stamp
    let (identity, trust) = try home.credentials(clock)
    try trust.credentials.member.expected(.hub, PartyID(settings.id))
    let state = state(settings)
    try state.make()
    let store = try await store(state)
    let meters = HubMeters()
    let standing = HubState()
    var rules = HubService.Settings()
    rules.queue = settings.queue
    let log = HubLog()
    var metrics = meters.metrics
    let count = metrics.refused
    metrics.refused = {
      count($0, $1)
      log.refused($0, from: $1)
    }
    let hub = HubService(
      store: store.leased, planner: HubPlanner(home: state), clock: clock, settings: rules,
      revocations: Array(trust.revocations.json.utf8), metrics: metrics)
    let server = HubServer(hub, trust: trust, listening: address, log: log)
    let keys = KeyWatch(
      keys: home.keys, identity: identity.publicKey, trust: trust, clock: clock, first: stamp)
    var services: [any Service] = [
      HubRunner(
        store: store, hub: hub, server: server, trust: trust, keys: keys, state: standing, log: log)
    ]
    if let board = service.metrics ?? settings.metrics {
      services.insert(
        try BoardRunner(board, metrics: meters.registry) { standing.current }, at: 0)
    }
    try await serving(services)
    return .done
  }

  private func store(_ state: Home) async throws(Failure) -> HubStore {
    let url = database ?? ProcessInfo.processInfo.environment["DATABASE_URL"]
    if let url, !url.isEmpty { return .postgres(try await PostgresJobStore(url: url)) }
    return .sqlite(try SQLiteJobStore(path: state.database), path: state.database)
  }

  private func state(_ settings: HubSettings) -> Home {
    Home(path: settings.state.hasPrefix("/") ? settings.state : "\(home.path)/\(settings.state)")
  }
}
