import ArgumentParser
import Foundation
import MoiraCrypto
import MoiraModel
import MoiraPlan
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
    let identity = try IdentityFile.key(at: home.keys.identityFile)
    let trust = MemberTrust(
      try home.keys.credentials(identity: identity.publicKey, at: clock.now()), clock: clock)
    try trust.credentials.member.expected(.hub, PartyID(settings.id))
    let state = state(settings)
    try state.make()
    guard let lock = try FileLock.acquire("\(state.path)/hub.lock") else {
      throw Failure(
        "hub-locked", "another hub uses the journal in '\(state.path)'",
        hint: "one hub runs a journal; the other one goes on with it")
    }
    defer { withExtendedLifetime(lock) {} }
    let store = try SQLiteJobStore(path: state.database)
    var rules = HubService.Settings()
    rules.queue = settings.queue
    let log = HubLog()
    var metrics = HubMetrics()
    metrics.refused = { log.refused($0, from: $1) }
    let hub = HubService(
      store: store, planner: HubPlanner(home: state), clock: clock, settings: rules,
      revocations: Array(trust.revocations.json.utf8), metrics: metrics)
    let server = HubServer(hub, trust: trust, listening: address, log: log)
    try await serving(
      [HubRunner(hub: hub, server: server, trust: trust, keys: home.keys)],
      metrics: service.metrics ?? settings.metrics)
    return .done
  }

  private func state(_ settings: HubSettings) -> Home {
    Home(path: settings.state.hasPrefix("/") ? settings.state : "\(home.path)/\(settings.state)")
  }
}

/// A hub as a service.
struct HubRunner: Service {
  /// How often the list of revoked certificates is looked at.
  static let interval = Duration.seconds(1)

  let hub: HubService
  let server: HubServer
  let trust: MemberTrust
  let keys: MemberFolder

  func run() async throws {
    try await hub.start()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.run { port in
          Console.print("moira hub listens at port \(port)")
          fflush(nil)
        }
      }
      group.addTask { await watchRevocations() }
      group.addTask { try await gracefulShutdown() }
      do {
        try await group.next()
      } catch is CancellationError {}
      await hub.leave()
      group.cancelAll()
    }
  }

  /// A new list in the hub's folder is taken up without a restart.
  private func watchRevocations() async {
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
      guard let text = try? String(contentsOfFile: keys.revocationFile, encoding: .utf8),
        let list = try? RevocationList(json: text, root: trust.credentials.verifier.root),
        list.number > trust.revocations.number, (try? trust.replace(list)) != nil
      else { continue }
      await hub.replace(revocations: Array(text.utf8))
    }
  }
}
