import ArgumentParser
import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraStorage

/// Shows a site what a pipeline would ask of it, and what its policy says to that.
struct PartyPlanCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a pipeline would ask of a party, and what the party's policy says to it.",
    discussion: "Exit code 0 when the policy grants it, 77 when it refuses.")

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a parameter, as 'moira run' does.", valueName: "task.parameter=value"))
  var sets: [String] = []
  @Option(help: "The party's folder, or its id.", completion: .directory) var party: String?
  @Option(help: "Who would submit it; by default the guest.") var submitter: String?
  @OptionGroup var home: HomeOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let party = try ChosenParty(party)
    let plan = try await plan()
    let who = submitter ?? plan.members.first { $0.role == .guest }?.registered.text ?? "nobody"
    let proposal = Proposal(
      job: "preview", plan: plan, submitter: who, party: party.profile.id,
      now: Composition(home: home.folder).clock.now())
    let catalog = standardCatalog.schemas
    let rows = await counted(proposal.datasets(catalog), of: party)
    let decision = party.profile.decide(
      proposal, catalog: catalog, rows: { rows[$0] }, spent: { _, _ in 0 })
    let request = PartyRequest(proposal, catalog: catalog)
    if isJSON {
      Console.print(request.json(decision).json(indent: 2))
    } else {
      for line in request.lines(.output, width: Console.fittingWidth) { Console.print(line) }
      show(decision, to: party, submitter: who)
    }
    return decision.granted ? .done : .refused
  }

  /// Of the pipeline alone: the folders of the other parties are not here.
  private func plan() async throws(WrongText) -> Plan {
    let source = try PipelineSource(readFrom: file, overrides: sets)
    return try await ReadPipeline(source, home: home.folder).plan().plan
  }

  /// The rows of the datasets that can be read.
  private func counted(_ names: [String], of party: ChosenParty) async -> [String: Int] {
    let store = FileDatasets(profile: party.profile, folder: party.folder)
    var rows: [String: Int] = [:]
    for name in names {
      guard let entry = party.profile[name] else { continue }
      rows[name] = await DatasetSight(entry, in: store).rows
    }
    return rows
  }

  private func show(_ decision: ConsentDecision, to party: ChosenParty, submitter: String) {
    Console.print("")
    if decision.granted {
      Console.print(
        "\(Style.output.green("granted")): '\(party.profile.id)' takes part in what '\(submitter)' submits"
      )
      for one in decision.reserves {
        let times = one.attempts > 1 ? " (\(one.attempts) attempts)" : ""
        Console.print(
          "  spends epsilon \(shortNumber(one.total)) of '\(one.dataset)' towards '\(one.partner)' in '\(one.task)'\(times)"
        )
      }
      if !decision.reserves.isEmpty {
        Console.print("  what other jobs have spent is known to the agent, and not counted here")
      }
      return
    }
    var found = Diagnostics()
    for refusal in decision.refusals { found.add(refusal.diagnostic) }
    DiagnosticReport(found, sources: party.sources).show(asJSON: false)
    Console.print(
      "\(Style.output.red("refused")): '\(party.profile.id)' takes no part in what '\(submitter)' submits"
    )
  }
}
