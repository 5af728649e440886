import ArgumentParser
import Foundation
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraWire

/// Which hub, and as whom.
struct HubOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A hub's jobs in place of this machine's; 'moira login' sets it for all commands.",
      valueName: "host:port"))
  var hub: String?
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The folder with the keys of whoever asks.", valueName: "folder"),
    completion: .directory)
  var member: String?
  @Flag(help: "This machine's own jobs, whatever 'moira login' set.") var local = false

  /// The hub that is meant; nil for this machine's own jobs.
  ///
  /// - Parameters:
  ///   - home: a home that the user named means this machine.
  ///   - staying: whether the process outlives certificates.
  func access(
    besides home: HomeOptions? = nil, staying: Bool = false
  ) throws(Failure) -> HubAccess? {
    if local { return nil }
    let login = try HubLogin.read()
    if hub == nil, home?.home != nil { return nil }
    guard let address = hub ?? login?.hub else { return nil }
    guard let folder = member ?? login?.folder else {
      throw Failure(
        "hub-member", "nobody is named who asks the hub '\(address)'",
        hint: "'--as FOLDER' names the folder of a party or a submitter, 'moira login' keeps it")
    }
    return try HubAccess(address, folder: folder, staying: staying)
  }
}

/// What `moira login` keeps.
struct HubLogin: Codable {
  let hub: String
  let folder: String

  private static var file: String {
    let variables = ProcessInfo.processInfo.environment
    if let path = variables["MOIRA_LOGIN"], !path.isEmpty { return path }
    return "\(variables["HOME"] ?? ".")/.config/moira/login.json"
  }

  static func read() throws(Failure) -> HubLogin? {
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    do {
      return try JSONDecoder().decode(HubLogin.self, from: data)
    } catch {
      throw Failure(
        "login-unreadable", "'\(file)' is no login of Moira's", hint: "'moira login' writes it anew"
      )
    }
  }

  func write() throws(Failure) {
    do {
      let folder = URL(fileURLWithPath: Self.file).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: Self.file), options: .atomic)
    } catch {
      throw Failure("file-unwritable", "'\(Self.file)' cannot be written", cause: "\(error)")
    }
  }

  /// - Returns: whether there was one.
  static func remove() -> Bool { unlink(file) == 0 }
}

/// A hub, with the keys of whoever asks.
struct HubAccess: Sendable {
  let address: HubAddress
  let client: HubClient
  let trust: MemberTrust
  /// Whether an expired certificate may be renewed while the process runs.
  private let isStaying: Bool
  private let identity: IdentityKeyPair
  private let keys: MemberFolder
  /// What the files of the keys were when they were read.
  private let stamp: [String]

  /// - Throws: `hub-address`, and what a member's folder throws.
  init(_ text: String, folder: String, staying isStaying: Bool = false) throws(Failure) {
    guard let address = HubAddress(text) else {
      throw Failure("hub-address", "a hub's address must be HOST:PORT, but is '\(text)'")
    }
    let home = PartyHome(path: folder)
    guard FileManager.default.fileExists(atPath: home.keys.identityFile) else {
      throw Failure(
        "hub-member", "'\(folder)' has no keys of a member",
        hint: "'moira party init ID --submitter --hub \(text)' makes them")
    }
    self.address = address
    self.isStaying = isStaying
    keys = home.keys
    stamp = keys.stamp
    (identity, trust) = try home.credentials(SystemClock())
    client = HubClient(address, trust: trust)
  }
}

extension HubAccess {
  private var sealing: SealingKeyPair { SealingKeyPair(of: identity) }

  /// Whether it makes sense to dial again after what was thrown.
  func mayPass(_ failure: Failure) -> Bool {
    failure.isOfAwayHub || isStaying && failure.code == "certificate-expired"
  }

  /// Takes renewed certificates until cancelled: the next connection shows them.
  ///
  /// - Throws: `CancellationError`.
  func watchKeys() async throws {
    try await KeyWatch(
      keys: keys, identity: identity.publicKey, trust: trust, clock: SystemClock(), first: stamp
    ).run {
      Console.printError("took \($0.renewal)")
    } failed: {
      FailureReport($0).show(asJSON: false)
    }
  }

  /// What the member's submissions under a key are.
  func job(under key: String) -> JobID { .keyed(key, of: trust.credentials.member.id.text) }

  /// A submission in the member's name.
  func request(
    _ source: PipelineSource, planned plan: Plan, key: String? = nil, priority: Int? = nil,
    from: TaskID? = nil
  ) throws(Failure) -> JobRequest {
    try JobRequest(
      source, planned: plan, key: key, priority: priority, from: from,
      by: trust.credentials.member.id.text, at: SystemClock().now(), signing: identity)
  }

  /// The bytes of an artifact, if its party lets it go.
  func artifact(_ choice: ArtifactChoice) async throws(Failure) -> [UInt8] {
    try await artifact(
      MoiraRuntime.ArtifactRequest(
        job: choice.job, seat: choice.party, task: choice.task, reference: choice.reference))
  }

  func artifact(_ request: MoiraRuntime.ArtifactRequest) async throws(Failure) -> [UInt8] {
    guard let record = try await HubJobStore(client).record(of: request.job),
      let seat = record.plan.members.first(where: { $0.party == request.seat }),
      let party = try await client.parties().first(where: { $0.party == seat.registered })
    else {
      throw Failure("party-unknown", "the hub does not know the party of '\(request.seat)'")
    }
    let member = try trust.member(ofDER: party.certificate)
    try member.expected(.party, seat.registered)
    return try await client.artifact(request, sealedBy: member.sealing, for: sealing)
  }
}
