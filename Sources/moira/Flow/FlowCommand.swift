import ArgumentParser
import Foundation
import MoiraFlow
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraWire

/// Serves FATE-Flow's HTTP API.
struct FlowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "Serve FATE-Flow's HTTP API.", subcommands: [Serve.self])

  struct Serve: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "serve",
      abstract: "Answer FATE's client: jobs run in this process, or at a hub's parties.",
      discussion: """
        moira flow serve --data-root /data/fate
        moira flow serve --hub hub.example.org:7433 --as submitters/alice

        flow init --ip 127.0.0.1 --port 9380
        flow job submit -c dag.yaml

        Without a hub all parties of a job run in this process. With one, jobs are submitted \
        there under the certificate of '--as', and the parties' policies decide. Data then lie \
        at their parties: uploads are refused.

        'Docs/fate-flow-api.md' lists the routes, and says what differs.
        """)

    @Option(help: "The address to listen at.") var host = "127.0.0.1"
    @Option(help: "The port; 0 for any that is free.") var port = 9380
    @OptionGroup var home: HomeOptions
    @OptionGroup var hub: HubOptions
    @Option(
      help: "A folder whose files requests may name; may be repeated.", completion: .directory)
    var dataRoot: [String] = []
    @Option(
      help: "The folder of registered parties' folders; by default 'parties' here.",
      completion: .directory)
    var parties: String?
    @Option(help: "How many jobs run at once; others wait, in order of priority.")
    var jobs = FlowLimits.running
    @Option(
      help: ArgumentHelp(
        "How sums are protected where a DAG does not say: secure_aggregation, secret_sharing, or none, which two parties and an arbiter need.",
        valueName: "method"))
    var protection: String?
    @Option(
      help: "The site's own party; without, the site is all parties, as FATE's standalone is.")
    var partyID: String?
    @Option(help: "Bytes of one uploaded file.") var uploadLimit = FlowLimits.upload
    @Option(help: "Seconds until a connection that says nothing is closed.")
    var patience = FlowLimits.headSeconds
    @Flag(help: "Answer signed requests only; the administrator's token lies in the home.")
    var authentication = false
    @Flag(help: "Accept FATE's own MD5 signatures too, which do not cover the request.")
    var acceptLegacySignatures = false
    var isJSON: Bool { false }

    func validate() throws {
      guard (0...65_535).contains(port) else {
        throw ValidationError("'--port' must be 0 to 65535, but is \(port)")
      }
      guard (1...FlowLimits.runningAtMost).contains(jobs) else {
        throw ValidationError(
          "'--jobs' must be 1 to \(FlowLimits.runningAtMost), but is \(jobs)")
      }
      guard (1...3600).contains(patience) else {
        throw ValidationError("'--patience' must be 1 to 3600, but is \(patience)")
      }
      guard uploadLimit > 0 else { throw ValidationError("'--upload-limit' must be positive") }
      let names = FateProtection.allCases.map(\.rawValue)
      if let protection, FateProtection(rawValue: protection) == nil {
        throw ValidationError(
          "'--protection' must be one of \(names.joined(separator: ", ")), but is '\(protection)'")
      }
      if hub.hub != nil, parties != nil {
        throw ValidationError("'--parties' are of this machine: a hub knows its own")
      }
      if acceptLegacySignatures, !authentication {
        throw ValidationError("'--accept-legacy-signatures' needs '--authentication'")
      }
    }

    func perform() async throws -> ExitStatus {
      let folder = home.folder
      try folder.make()
      let lock = try FlowHome.lock(folder)
      defer { withExtendedLifetime(lock) {} }
      let settings = try settings(at: folder)
      warn()
      // Parties of this machine mean this machine, whatever 'moira login' set.
      let access =
        hub.hub == nil && parties != nil ? nil : try hub.access(besides: home, staying: true)
      let service = try await FlowService(try ground(at: folder, access), settings)
      try await run(FlowServer(service, settings), access)
      return .done
    }

    /// Serves until the server ends; renewed certificates are taken meanwhile.
    private func run(_ server: FlowServer, _ hub: HubAccess?) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { [host] in
          try await server.run { port in
            Console.print("moira flow answers FATE's client at http://\(host):\(port)/v2")
            if let hub { Console.print("jobs run at the parties of the hub \(hub.address)") }
            fflush(nil)
          }
        }
        if let hub { group.addTask { try await hub.watchKeys() } }
        try await group.next()
        group.cancelAll()
      }
    }

    private func settings(at folder: Home) throws(Failure) -> FlowSettings {
      var settings = FlowSettings(incoming: try FlowHome.makeIncoming(folder))
      settings.runningJobs = jobs
      settings.uploadLimit = uploadLimit
      settings.roots = DataRoots(dataRoot)
      settings.party = partyID
      settings.isAuthenticated = authentication
      settings.acceptsLegacySignatures = acceptLegacySignatures
      settings.adminToken = authentication ? try FlowHome.adminToken(folder) : nil
      settings.patience = patience
      settings.host = host
      settings.port = port
      return settings
    }

    private func ground(at folder: Home, _ hub: HubAccess?) throws(Failure) -> FlowGround {
      if let hub { return try ground(at: folder, over: hub) }
      let store = try SQLiteJobStore(path: folder.database)
      let tables = try FileArtifactStore(directory: FlowHome.tables(folder))
      let composition = Composition(home: folder)
      let federation = FlowLiveFederation(
        composition: composition, store: store,
        parties: RegisteredParties(in: parties ?? RegisteredParties.defaultFolder()),
        protection: protection.flatMap(FateProtection.init(rawValue:)))
      return FlowGround(
        jobs: store, documents: store, tables: tables, clock: composition.clock,
        federation: federation)
    }

    /// Jobs of a hub have documents of their own: those of this machine's jobs mean other ids.
    private func ground(at folder: Home, over hub: HubAccess) throws(Failure) -> FlowGround {
      let documents = try SQLiteJobStore(path: FlowHome.hubDatabase(folder))
      let federation = FlowHubFederation(
        hub: hub, protection: protection.flatMap(FateProtection.init(rawValue:)))
      return FlowGround(
        jobs: HubJobStore(hub.client), documents: documents,
        tables: try FileArtifactStore(directory: FlowHome.tables(folder)), clock: SystemClock(),
        federation: federation)
    }

    private func warn() {
      if protection == FateProtection.none.rawValue {
        Console.printError(
          "warning: '--protection none': the arbiter of each job sees every party's values")
      }
      if !authentication, !["127.0.0.1", "::1", "localhost"].contains(host) {
        Console.printError(
          "warning: whoever reaches \(host) may run jobs and read their results; '--authentication' asks for signatures"
        )
      }
      for root in dataRoot where !FileManager.default.fileExists(atPath: root) {
        Console.printError("warning: the folder '\(root)' of '--data-root' is not there")
      }
    }
  }
}
