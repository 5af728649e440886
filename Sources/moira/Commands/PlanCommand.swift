import ArgumentParser
import MoiraConfig
import MoiraPlan
import MoiraRuntime

/// Prints the plan that a run would follow.
struct PlanCommand: Subcommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, mermaid, dot
  }

  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print what a run would do: tasks, parties, parameters and where each comes from.")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var home: HomeOptions
  @Option(help: "text, json, mermaid (for Markdown) or dot (for Graphviz).")
  var format: Format = .text
  var isJSON: Bool { format == .json }

  func perform() async throws -> ExitStatus {
    let loaded = try await LoadedPipeline(pipeline, home: home.folder)
    let plan = loaded.plan
    if format == .text { loaded.warnings?.show(asJSON: false) }
    switch format {
    case .text: Console.draw(plan.text(hash: plan.contentHash))
    case .json: Console.print(plan.json(hash: plan.contentHash).json(indent: 2))
    case .mermaid: Console.draw(plan.mermaid)
    case .dot: Console.draw(plan.dot)
    }
    return .done
  }
}
