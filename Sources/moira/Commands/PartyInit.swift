import ArgumentParser
import Foundation
import MoiraModel
import MoiraStorage
import MoiraWire

extension PartyCommand {
  struct Init: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Make the folder of a new party, or of a person who submits.",
      discussion: """
        With '--hub' the folder has keys too, and a request to be admitted to a consortium. A party that \
        is there already gets the keys that it lacks.
        """)
    @Argument(help: "The party's id: hospital-a.") var id: String
    @Option(
      help: ArgumentHelp("The hub that the party's agent dials.", valueName: "host:port"),
      transform: HubAddress.argument)
    var hub: HubAddress?
    @Option(
      help: ArgumentHelp(
        "Where other parties may dial this one, for direct links; may be repeated.",
        valueName: "host"))
    var address: [String] = []
    @Flag(help: "For a person who submits jobs and has no data: below 'submitters'.")
    var submitter = false
    @OptionGroup var folder: Folder
    var isJSON: Bool { false }

    func validate() throws {
      if hub == nil, submitter || !address.isEmpty {
        throw ValidationError("'--submitter' and '--address' need '--hub HOST:PORT'")
      }
      if submitter, !address.isEmpty {
        throw ValidationError("nobody dials a submitter: leave '--address' out")
      }
      if let wrong = address.first(where: { MemberHost($0) == nil }) {
        throw ValidationError("'--address' must be a DNS name or an IP address, but is '\(wrong)'")
      }
    }

    func perform() throws -> ExitStatus {
      guard let hub else {
        let made = try PartyFolders.create(PartyID(id), below: folder.path)
        Console.print("wrote \(made.file)")
        Console.print("\nnext: moira party dataset add NAME PATH --party \(id)")
        return .done
      }
      try submitter ? makeSubmitter(hub) : makeParty(hub)
      return .done
    }

    private func makeParty(_ hub: HubAddress) throws {
      let member = MemberSetup(id: PartyID(id), kind: .party, folder: "\(folder.path)/\(id)")
      try member.checkNew()
      let party = try profile()
      let text = try HubLine(hub).added(to: party.text, file: party.file)
      try PartyFolders.rewrite(party.path, text: text)
      Console.print("wrote \(party.file)")
      let request = try member.make(hosts: address.compactMap { MemberHost($0) })
      member.tell(
        request, then: "register data: moira party dataset add NAME PATH --party \(id)")
    }

    /// The folder that is there, or a new one.
    private func profile() throws -> PartyFolders.Folder {
      let path = "\(folder.path)/\(id)"
      if FileManager.default.fileExists(atPath: "\(path)/\(PartyFolders.fileName)") {
        return try PartyFolders.read(path)
      }
      return try PartyFolders.create(PartyID(id), below: folder.path)
    }

    private func makeSubmitter(_ hub: HubAddress) throws {
      let member = MemberSetup(
        id: PartyID(id), kind: .submitter, folder: "\(folder.given ?? "submitters")/\(id)")
      try member.checkNew()
      let file = "\(member.folder)/submitter.yaml"
      try NewFiles([(file, SubmitterText.text(id: PartyID(id), hub: hub))]).write(force: true)
      Console.print("wrote \(file)")
      let request = try member.make()
      member.tell(request, then: "submit a pipeline to the hub at \(hub)")
    }
  }
}
