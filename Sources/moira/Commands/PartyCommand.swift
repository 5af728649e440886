import ArgumentParser
import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraStorage
import MoiraTable
import MoiraWire
import MoiraYAML

/// Registers parties and their datasets on this machine.
struct PartyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "party", abstract: "Register parties and their datasets; see what they allow.",
    subcommands: [
      Init.self, DatasetCommand.self, List.self, Show.self, PartyPolicyCommand.self,
      PartyPlanCommand.self, PartyAuditCommand.self, PartyServeCommand.self,
    ])

  /// Where the parties' folders lie.
  struct Folder: ParsableArguments {
    @Option(
      name: .customLong("parties"),
      help: "The folder of the parties' folders; by default 'parties' here.",
      completion: .directory)
    var given: String?
    var path: String { given ?? RegisteredParties.defaultFolder() }

    /// The registered parties.
    ///
    /// - Throws: `WrongText` when a file of theirs is wrong.
    func read() throws(WrongText) -> RegisteredParties {
      let parties = RegisteredParties(in: path)
      if parties.diagnostics.hasErrors {
        throw WrongText(diagnostics: parties.diagnostics, sources: parties.sources)
      }
      return parties
    }

    /// - Throws: `party-unregistered`.
    func party(_ id: String) throws -> RegisteredParties.Party {
      let parties = try read()
      if let party = parties[PartyID(id)] { return party }
      let names = parties.parties.map(\.profile.id.text)
      throw Failure(
        "party-unregistered", "'\(id)' is not a registered party",
        hint: nearestName(to: id, among: names).map { "did you mean '\($0)'?" }
          ?? "'moira party init \(id)' registers it")
    }
  }

  struct List: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the registered parties.")
    @OptionGroup var folder: Folder
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions
    var isJSON: Bool { output.format == .json }

    func perform() async throws -> ExitStatus {
      if folder.given == nil, let access = try hub.access() {
        HubParties(try await access.client.parties(), at: access.address).show(asJSON: isJSON)
        return .done
      }
      let parties = try folder.read().parties
      if isJSON {
        Console.print(ConfigValue.list(parties.map(Self.json)).json(indent: 2))
      } else if parties.isEmpty {
        Console.print("no parties in '\(folder.path)' yet; 'moira party init ID' makes one")
      } else {
        var table = TextTable(["party", "datasets", "folder"])
        for party in parties {
          let names = party.profile.datasets.map(\.name).joined(separator: ", ")
          table.add([party.profile.id.text, names, party.folder])
        }
        for line in table.lines(.output) { Console.print(line) }
      }
      return .done
    }

    private static func json(_ party: RegisteredParties.Party) -> ConfigValue {
      .map([
        ("party", .string(party.profile.id.text)), ("folder", .string(party.folder)),
        ("datasets", .list(party.profile.datasets.map { .string($0.name) })),
      ])
    }
  }

  struct Show: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a party's datasets with rows, columns and types.")
    @Argument(help: "The party's id.") var id: String
    @OptionGroup var folder: Folder
    @OptionGroup var output: OutputOptions
    var isJSON: Bool { output.format == .json }

    func perform() async throws -> ExitStatus {
      let party = try folder.party(id)
      var sights: [DatasetSight] = []
      let store = FileDatasets(profile: party.profile, folder: party.folder)
      for entry in party.profile.datasets {
        sights.append(await DatasetSight(entry, in: store))
      }
      if isJSON {
        let json = ConfigValue.map([
          ("party", .string(id)), ("folder", .string(party.folder)),
          ("datasets", .list(sights.map(\.json))),
        ])
        Console.print(json.json(indent: 2))
      } else {
        Console.print("\(Style.output.bold(id))  \(party.folder)")
        for sight in sights { for line in sight.lines(.output) { Console.print(line) } }
        if sights.isEmpty { Console.print("no datasets") }
      }
      return .done
    }
  }
}
