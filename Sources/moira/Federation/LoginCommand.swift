import ArgumentParser
import Foundation
import MoiraModel
import MoiraRuntime
import MoiraWire

/// Keeps a hub for the commands that follow.
struct LoginCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Use a hub for the commands that follow.",
    discussion: "moira login hub.example.org:7433 --as parties/alice")

  @Argument(help: ArgumentHelp("The hub.", valueName: "host:port")) var hub: String
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The folder with the keys of whoever asks.", valueName: "folder"),
    completion: .directory)
  var member: String
  var isJSON: Bool { false }

  func perform() async throws -> ExitStatus {
    let folder = URL(fileURLWithPath: member).standardizedFileURL.path
    let access = try HubAccess(hub, folder: folder)
    let parties = try await access.client.parties()
    try HubLogin(hub: hub, folder: folder).write()
    let connected = parties.count { $0.isConnected }
    let who = access.trust.credentials.member.id
    Console.print(
      "logged in at \(hub) as '\(who)'; of \(parties.count) parties \(connected) are connected")
    Console.print(
      "'moira submit FILE' submits a pipeline, 'moira logout' goes back to this machine")
    return .done
  }
}

/// Forgets the hub.
struct LogoutCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "logout", abstract: "Go back to this machine's own jobs.")
  var isJSON: Bool { false }

  func perform() -> ExitStatus {
    Console.print(HubLogin.remove() ? "logged out" : "nobody was logged in")
    return .done
  }
}
