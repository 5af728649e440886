import ArgumentParser
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan

/// Checks a party's file and says its rules in words.
struct PartyPolicyCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check a party's file, and say in words what it allows.")

  @Argument(help: "The party's folder, or its id.", completion: .directory) var folder: String?
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() throws -> ExitStatus {
    let party = try ChosenParty(folder)
    let policy = party.profile.policy
    let doubts = policy?.doubts(standardCatalog.schemas) ?? Diagnostics()
    if isJSON {
      Console.print(json(party.profile, doubts).json(indent: 2))
      return .done
    }
    if !doubts.all.isEmpty {
      DiagnosticReport(doubts, sources: party.sources).show(asJSON: false)
    }
    Console.print("\(Style.output.bold(party.profile.id.text))  \(party.file)")
    var table = TextTable([])
    for (rule, words) in facts(party.profile) { table.add([rule, words]) }
    for line in table.lines(.output, indent: "  ", fitting: Console.fittingWidth) {
      Console.print(line)
    }
    return .done
  }

  private func facts(_ profile: PartyProfile) -> [(rule: String, words: String)] {
    let reached = profile.direct.map {
      "Others may dial \($0.address) to send past the hub; the agent waits at \($0.listen)."
    }
    let resources = profile.resources
    return [
      ("hub", profile.hub.map { "The agent dials the hub at \($0)." } ?? "No hub is named."),
      ("direct", reached ?? "Nobody may dial it: what others send comes by the hub."),
      (
        "resources",
        "\(resources.slots) jobs may be at work at once, and take \(resources.memory) megabytes together."
      ),
    ]
      + (profile.policy?.sentences
        ?? [("policy", "There is none: every job that comes through a hub is refused.")])
  }

  private func json(_ profile: PartyProfile, _ doubts: Diagnostics) -> ConfigValue {
    .map([
      ("party", .string(profile.id.text)),
      (
        "rules",
        .list(
          facts(profile).map {
            .map([("rule", .string($0.rule)), ("words", .string($0.words))])
          })
      ),
      ("diagnostics", DiagnosticReport(doubts, sources: [:]).json["diagnostics"] ?? .list([])),
    ])
  }
}
