import ArgumentParser
import Foundation
import MoiraModel
import MoiraStorage
import MoiraWire

/// Makes and runs a hub.
struct HubCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hub", abstract: "Make the hub that schedules and relays.",
    subcommands: [Init.self, HubServeCommand.self])

  struct Init: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Make the folder of a hub: keys, a request, its settings.")
    @Argument(help: "The folder to make.", completion: .directory) var folder: String
    @Option(
      help: ArgumentHelp(
        "Where parties dial it; may be repeated. The first one's port is listened at.",
        valueName: "host:port"), transform: HubAddress.argument)
    var address: [HubAddress]
    @Option(help: "The hub's id; by default the folder's name.") var id: String?
    var isJSON: Bool { false }

    func validate() throws {
      if address.isEmpty { throw ValidationError("a hub needs an '--address HOST:PORT'") }
    }

    func perform() throws -> ExitStatus {
      let id = PartyID(id ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent)
      let member = MemberSetup(id: id, kind: .hub, folder: folder)
      try member.checkNew()
      let settings = "\(folder)/\(HubSettingsText.fileName)"
      if !FileManager.default.fileExists(atPath: settings) {
        try NewFiles([(settings, HubSettingsText.text(id: id, addresses: address))])
          .write(force: false)
        Console.print("wrote \(settings)")
      }
      let request = try member.make(hosts: address.map(\.host))
      member.tell(request, then: "start the hub when the consortium's three files are there")
      return .done
    }
  }
}

extension HubAddress {
  /// - Throws: `ValidationError` if the argument is none.
  static func argument(_ text: String) throws -> HubAddress {
    guard let address = HubAddress(text) else {
      throw ValidationError("it must be HOST:PORT, as in hub.example.org:7433, but is '\(text)'")
    }
    return address
  }
}
