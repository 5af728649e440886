import Foundation

/// A consortium in a temporary folder: a hub and its parties' agents as processes, and commands of a
/// submitter. When the tests end, in whatever way, all of it is gone.
final class LocalFederation: @unchecked Sendable {
  // @unchecked: used by one test at a time; suites that share one are serialized.
  static let hospitals = ["hospital-a", "hospital-b", "hospital-c"]
  /// The template's arbiter is a party with this id.
  static let parties = hospitals + ["hub"]

  let path: String
  private(set) var port = 0
  private(set) var hub: LocalProcess?
  private(set) var agents: [String: LocalProcess] = [:]
  private let guardian: Guardian

  /// Copies folders that were made once, with keys and certificates.
  ///
  /// - Parameter policies: lines for `party.yaml`, by party, in place of the usual ones.
  init(policies: [String: String] = [:]) throws {
    path = NSTemporaryDirectory() + "moira-federation-\(UUID().uuidString)"
    guardian = try Guardian(path)
    try FileManager.default.copyItem(atPath: FederationFolders.made.get(), toPath: path)
    for party in Self.parties {
      try write(policies[party] ?? Self.usualPolicy(of: party), to: party)
    }
  }

  deinit { guardian.end() }

  static func usualPolicy(of party: String, _ change: (String) -> String = { $0 }) -> String {
    let datasets = party == "hub" ? "" : "datasets: [breast], "
    return change(
      "policy: {submitters: [alice], partners: [hospital-a, hospital-b, hospital-c, hub], "
        + "components: any, \(datasets)roles: [guest, host, arbiter], "
        + "protections: [secure_aggregation], release: [model, metrics]}")
  }

  private func write(_ policy: String, to party: String) throws {
    let file = "\(path)/parties/\(party)/party.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try (text + "\n" + policy + "\n").write(toFile: file, atomically: true, encoding: .utf8)
  }

  // MARK: Processes

  var address: String { "127.0.0.1:\(port)" }

  /// Starts the hub; the first time at a free port, which it keeps.
  ///
  /// - Parameter variables: of the environment.
  @discardableResult
  func startHub(
    _ arguments: [String] = [], with variables: [String: String] = [:]
  ) throws -> LocalProcess {
    for _ in 0..<20 {
      if port == 0 { port = FreePort.candidate }
      let started = try start(
        ["hub", "serve", "coordinator", "--listen", address] + arguments, variables)
      if started.output.first(where: { $0.hasPrefix("moira hub listens") }) != nil {
        hub = started
        return started
      }
      _ = started.wait()
      // Somebody else's, unless it was this hub's before.
      if hub == nil { port = 0 }
    }
    throw FederationFault(text: "the hub does not start")
  }

  @discardableResult
  func start(_ party: String, with variables: [String: String] = [:]) throws -> LocalProcess {
    let agent = try start(["party", "serve", "parties/\(party)", "--hub", address], variables)
    agents[party] = agent
    return agent
  }

  func startAll(hub arguments: [String] = []) throws {
    try startHub(arguments)
    for party in Self.parties { try start(party) }
    for party in Self.parties { try waitUntilConnected(party) }
  }

  /// Takes a party's certificate back, and puts the new list into the hub's folder.
  func revoke(_ party: String, because reason: String) throws {
    let result = try moira("consortium", "revoke", party, "--reason", reason)
    if result.status != 0 { throw FederationFault(text: result.errors) }
    try Data(contentsOf: URL(fileURLWithPath: "\(path)/consortium/revoked.json"))
      .write(to: URL(fileURLWithPath: "\(path)/coordinator/keys/revoked.json"))
  }

  func waitUntilConnected(_ party: String, from place: Int = 0) throws {
    guard
      agents[party]?.log.first(from: place, where: { $0.contains("connected to the hub") }) != nil
    else { throw FederationFault(text: "'\(party)' does not reach the hub") }
  }

  func start(
    _ arguments: [String], _ variables: [String: String] = [:]
  ) throws -> LocalProcess {
    let started = try LocalProcess(process(arguments, variables))
    guardian.watch(started.id)
    return started
  }

  // MARK: Commands

  func process(_ arguments: [String], _ variables: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = FederationFolders.binary
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.environment = FederationFolders.environment(in: path).merging(variables) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs a command of this machine's to its end.
  func moira(_ arguments: String...) throws -> CommandResult { try run(arguments) }

  /// Runs a command against the hub.
  func ask(_ arguments: String..., as member: String = "submitters/alice") throws -> CommandResult {
    try run(arguments + ["--hub", address, "--as", member])
  }

  func run(_ arguments: [String]) throws -> CommandResult { try begin(arguments).result() }

  /// A command that runs while something else is done.
  func begin(_ arguments: [String]) throws -> RunningCommand {
    let command = try RunningCommand(process(arguments))
    guardian.watch(command.id)
    return command
  }

  func submitting(_ arguments: [String] = [], file: String = "homo_lr.yaml") throws
    -> RunningCommand
  {
    try begin(
      ["submit", file, "--hub", address, "--as", "submitters/alice", "--wait", "--format", "json"]
        + arguments)
  }

  func write(_ text: String, toFile file: String) throws {
    try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
  }
}

/// A command whose end is waited for later.
final class RunningCommand {
  private let process: Process
  private let files: [String]

  init(_ process: Process) throws {
    self.process = process
    let name = NSTemporaryDirectory() + "moira-command-\(UUID().uuidString)"
    files = [name + ".out", name + ".err"]
    for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    try process.run()
  }

  deinit { for file in files { try? FileManager.default.removeItem(atPath: file) } }

  var id: Int32 { process.processIdentifier }

  /// - Parameter seconds: after which it is ended, so that a job that hangs fails its test.
  func result(within seconds: Double = 90) -> CommandResult {
    let id = id
    let limit = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: limit)
    process.waitUntilExit()
    limit.cancel()
    let texts = files.map {
      String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self)
    }
    return CommandResult(
      status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
