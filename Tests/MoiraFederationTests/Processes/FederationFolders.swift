import Foundation

/// The folders of a consortium, made once for all tests by the commands that a user types.
enum FederationFolders {
  /// Beside the test bundle, where the same build put it.
  static let binary: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let beside = bundle.appendingPathComponent("moira")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.appendingPathComponent(".build/debug/moira")
  }()

  static func environment(in folder: String) -> [String: String] {
    var variables = ProcessInfo.processInfo.environment
    for name in variables.keys where name.hasPrefix("MOIRA_") || name == "DATABASE_URL" {
      variables[name] = nil
    }
    variables["HOME"] = folder
    variables["MOIRA_LOGIN"] = "\(folder)/login.json"
    return variables
  }

  /// Removed when the tests end.
  private static let place = NSTemporaryDirectory() + "moira-folders-\(UUID().uuidString)"

  static let made: Result<String, any Error> = Result {
    let folder = place + "/made"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    keeper = try Guardian(place)
    let address = "127.0.0.1:7433"
    try run(folder, "init", "homo_lr", "--with-data")
    try run(folder, "consortium", "init", "hospitals")
    try run(folder, "hub", "init", "coordinator", "--address", address)
    try admit(folder, "coordinator")
    for party in LocalFederation.parties {
      try run(folder, "party", "init", party, "--hub", address, "--address", "127.0.0.1")
      try admit(folder, "parties/\(party)")
    }
    for submitter in ["alice", "mallory"] {
      try run(folder, "party", "init", submitter, "--submitter", "--hub", address)
      try admit(folder, "submitters/\(submitter)")
    }
    let settings = folder + "/coordinator/hub.yaml"
    let text = try String(contentsOfFile: settings, encoding: .utf8)
      .replacingOccurrences(of: "metrics: \"127.0.0.1:9433\"", with: "")
      .replacingOccurrences(of: "running_per_submitter: 4", with: "running_per_submitter: 8")
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    return folder
  }

  // unsafe: written once, by whoever makes the first folder, before anybody else can ask for it.
  nonisolated(unsafe) private static var keeper: Guardian?

  private static func admit(_ folder: String, _ member: String) throws {
    try run(folder, "consortium", "admit", "\(member)/keys/request.pem")
  }

  private static func run(_ folder: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment(in: folder)
    process.standardInput = FileHandle.nullDevice
    let result = try RunningCommand(process).result()
    guard result.status == 0 else {
      throw FederationFault(text: "\(arguments): \(result.output) \(result.errors)")
    }
  }
}
