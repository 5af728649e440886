import MoiraComponents
import MoiraConfig
import MoiraFlow
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraYAML

/// Reads and plans what `flow job submit` sends.
struct FlowDrafting {
  static let file = "dag_schema"

  /// The folder of the parties' folders; empty where they are not here.
  let folder: String
  /// What is wrong with the parties' own files.
  let diagnostics: Diagnostics
  let protection: FateProtection?
  let earlier: any FlowEarlierJobs
  /// Whether the federation makes its plan itself, of the pipeline in the short form.
  let isPlannedElsewhere: Bool

  /// - Parameter registry: what is known of the parties of a DAG.
  func draft(
    _ dag: ConfigValue, _ registry: (FatePipeline) -> Registry
  ) async throws(FlowRefusal) -> FlowDraft {
    // One value a line, so that each has a place of its own.
    let text = dag.json(indent: 2)
    let node = try read(text)
    var settings = FateSettings()
    settings.protection = protection
    settings.found = try await found(node)
    var diagnostics = diagnostics
    let fate = FatePipeline.reading(node, settings: settings, into: &diagnostics)
    let plan = fate.flatMap {
      Plan.making(
        $0.pipeline, catalog: standardCatalog.schemas, overrides: [], registry: registry($0),
        into: &diagnostics)
    }
    guard let fate, let plan, !diagnostics.hasErrors else {
      throw FlowRefusal(diagnostics, in: node)
    }
    return FlowDraft(
      plan: plan,
      source: PipelineSource(
        file: Self.file, text: text, overrides: [], parties: folder),
      layout: layout(fate, plan, dag), priority: Self.priority(of: dag),
      warnings: FlowRefusal(diagnostics, in: node).lines,
      pipeline: isPlannedElsewhere ? fate.pipeline.yaml : nil)
  }

  private func read(_ text: String) throws(FlowRefusal) -> ConfigNode {
    do throws(Diagnostics) {
      return try readYAML(text, file: Self.file)
    } catch {
      throw FlowRefusal(error, in: ConfigNode(.null, at: nil))
    }
  }

  private static func priority(of dag: ConfigValue) -> Int {
    if case .int(let priority)? = dag["dag"]?["conf"]?["priority"] {
      return max(-1_000_000, min(priority, 1_000_000))
    }
    return 0
  }

  private func found(
    _ node: ConfigNode
  ) async throws(FlowRefusal) -> [FateReference: [PartyID: ContentHash]] {
    var found: [FateReference: [PartyID: ContentHash]] = [:]
    for one in FatePipeline.references(in: node) {
      found[one] = try await earlier.outputs(
        of: one.job, version: one.version, task: one.task, key: one.key)
    }
    return found
  }

  private func layout(_ fate: FatePipeline, _ plan: Plan, _ dag: ConfigValue) -> FlowLayout {
    let seats = plan.members.map {
      FlowSeat(
        role: fate.roleName(of: $0.role), party: $0.registered.text, member: $0.party)
    }
    return FlowLayout(seats: seats, tasks: fate.tasks.map { task(of: $0, in: fate, plan, dag) })
  }

  private func task(
    of task: FateTask, in fate: FatePipeline, _ plan: Plan, _ dag: ConfigValue
  ) -> FlowTask {
    let members = task.steps.flatMap { plan[$0]?.parts.map(\.party) ?? [] }
    let outputs = task.outputs.map { key, place in
      let port = plan[place.step].flatMap { step in
        standardCatalog.schemas[step.component]?.outputs.first { $0.name == place.port }
      }
      return FlowOutput(
        key: key, kind: Self.kind(of: port?.kind), step: place.step, port: place.port,
        isPrediction: plan[place.step]?.component == "predictor")
    }
    return FlowTask(
      name: task.id.text, component: task.component,
      members: plan.members.map(\.party).filter(members.contains), steps: task.steps,
      outputs: outputs.sorted { $0.key < $1.key },
      producers: fate.tasks.map(\.id.text).filter(producers(of: task, dag).contains))
  }

  /// The tasks that a task's inputs name.
  private func producers(of task: FateTask, _ dag: ConfigValue) -> Set<String> {
    var names: Set<String> = []
    let tasks = dag["dag"]?["tasks"]
    for section in tasks?[task.id.text]?["inputs"]?.entries ?? [] {
      for port in section.value.entries {
        guard let channels = port.value["task_output_artifact"] else { continue }
        names.formUnion(channels.items.compactMap { $0["producer_task"]?.string })
      }
    }
    return names
  }

  private static func kind(of kind: ArtifactKind?) -> FlowOutput.Kind {
    switch kind {
    case ArtifactKind.table: .data
    case ArtifactKind.metrics: .metric
    default: .model
    }
  }
}

extension ConfigValue {
  fileprivate var entries: [(key: String, value: ConfigValue)] {
    if case .map(let entries) = self { entries } else { [] }
  }

  /// What a list holds; a value that is none stands for a list of itself.
  fileprivate var items: [ConfigValue] {
    if case .list(let values) = self { values } else { [self] }
  }
}
