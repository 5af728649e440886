import ArgumentParser
import Foundation
import MoiraModel
import MoiraPlan
import MoiraStorage
import MoiraYAML

/// Registers datasets.
struct DatasetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset", abstract: "Register a party's datasets.", subcommands: [Add.self])

  struct Add: Subcommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Register a CSV file under a name.")
    @Argument(help: "What pipelines call it.") var name: String
    @Argument(help: "The CSV file, plain or gzip.", completion: .file()) var path: String
    @Option(help: "The party; may be left out where there is one only.") var party: String?
    @Option(help: "The column of ids, for readers that name none.") var id: String?
    @Option(help: "The column of labels, for readers that name none.") var label: String?
    @Option(help: "The column of row weights, for readers that name none.") var weight: String?
    @OptionGroup var folder: PartyCommand.Folder
    var isJSON: Bool { false }

    func perform() throws -> ExitStatus {
      let party = try chosen()
      let old = try PartyFolders.read(party.folder)
      let lasting = absolute(path)
      guard FileManager.default.isReadableFile(atPath: lasting) else {
        throw Failure("dataset-unreadable", "'\(path)' cannot be read")
      }
      guard let text = added(lasting, to: old.text) else {
        throw Failure(
          "party-uneditable", "'\(old.file)' is written in a way that Moira does not edit",
          hint: "add it by hand, under 'datasets': \(name): {path: \(lasting)}")
      }
      try check(text, file: old.file)
      try PartyFolders.rewrite(party.folder, text: text)
      Console.print("'\(name)' is a dataset of '\(party.profile.id)' now")
      return .done
    }

    private func added(_ path: String, to text: String) -> String? {
      let columns = [("id", id), ("label", label), ("weight", weight)].compactMap { key, name in
        name.map { (key: key, name: $0) }
      }
      return PartyProfile.adding(dataset: name, path: path, columns: columns, to: text)
    }

    private func chosen() throws -> RegisteredParties.Party {
      if let party { return try folder.party(party) }
      let parties = try folder.read().parties
      if parties.count == 1 { return parties[0] }
      throw ValidationError(
        parties.isEmpty
          ? "no party is registered; 'moira party init ID' makes one"
          : "say whose it is: --party "
            + parties.map(\.profile.id.text).joined(separator: " or --party "))
    }

    private func check(_ text: String, file: String) throws(WrongText) {
      do throws(Diagnostics) {
        _ = try PartyProfile(reading: try readYAML(text, file: file))
      } catch {
        throw WrongText(diagnostics: error, sources: [file: text])
      }
    }

    /// The path as it is from everywhere: the profile's paths start at the party's folder.
    private func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.path
    }
  }
}
