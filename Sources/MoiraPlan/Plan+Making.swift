internal import MoiraConfig
public import MoiraModel

extension Plan {
  /// Checks a pipeline against the components that are known, wires and orders it.
  ///
  /// - Parameters:
  ///   - overrides: from the command line; they go over the file's values.
  ///   - registry: the registered parties; nil leaves out that check.
  /// - Throws: everything that is wrong.
  /// - Complexity: linear in tasks, wires and parameters.
  public init(
    _ pipeline: Pipeline, catalog: ComponentSchemas, overrides: [Override] = [],
    registry: Registry? = nil
  ) throws(Diagnostics) {
    var diagnostics = Diagnostics()
    let plan = Plan.making(
      pipeline, catalog: catalog, overrides: overrides, registry: registry, into: &diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw diagnostics }
    self = plan
  }

  /// The same, with the diagnostics added to those that are there already; nil if any is an error.
  public static func making(
    _ pipeline: Pipeline, catalog: ComponentSchemas, overrides: [Override] = [],
    registry: Registry? = nil, into diagnostics: inout Diagnostics
  ) -> Plan? {
    var maker = PlanMaker(pipeline, catalog, overrides, registry)
    let plan = maker.make()
    diagnostics.add(contentsOf: maker.diagnostics)
    return diagnostics.hasErrors ? nil : plan
  }
}

/// One making of a plan: looks names up, then checks wires, then parameters, then orders.
struct PlanMaker {
  /// How many diagnostics get a hint that costs a look at all tasks.
  static let hintLimit = 100

  let pipeline: Pipeline
  let catalog: ComponentSchemas
  let registry: Registry?
  var diagnostics = Diagnostics()
  private let commandLine: [Override]
  /// The command line's overrides, by task.
  let overrides: [TaskID: [Override]]
  /// The tasks whose component is known, by id.
  var resolved: [TaskID: ResolvedStep] = [:]
  /// That of all tasks that say nothing themselves; bound once, for binding looks through `Mirror`.
  var commonConf: TaskConf?
  let ids: Set<TaskID>
  /// Roles that were reported missing: once each, at the first task that needs them.
  private var missingRoles: Set<Role> = []
  let members: [PartyID: Pipeline.Member]

  init(
    _ pipeline: Pipeline, _ catalog: ComponentSchemas, _ overrides: [Override],
    _ registry: Registry?
  ) {
    self.pipeline = pipeline
    self.catalog = catalog
    self.registry = registry
    ids = Set(pipeline.steps.map(\.id))
    members = Dictionary(
      pipeline.members.map { ($0.party, $0) }, uniquingKeysWith: { first, _ in first })
    commandLine = overrides
    self.overrides = Dictionary(grouping: overrides, by: \.task)
  }

  mutating func make() -> Plan? {
    checkMembers()
    checkOverrides()
    for step in pipeline.steps { resolve(step) }
    let wired = pipeline.steps.compactMap { step in
      resolved[step.id].map { WiredStep(step: $0, wires: wires(of: $0), after: after(step)) }
    }
    let order = order(wired)
    let job = jobConf()
    let planned = order.map { plan($0, jobConf: job.node) }
    guard !diagnostics.hasErrors else { return nil }
    return Plan(
      name: pipeline.name,
      members: pipeline.members.map { RolePlayer($0.party, $0.role, holder: $0.holder) },
      tasks: levelled(planned), parallelism: job.conf.parallelism, service: job.conf.service)
  }

  private mutating func checkMembers() {
    guard let registry else { return }
    for member in pipeline.members where registry.datasets[member.registered] == nil {
      let names = registry.datasets.keys.map(\.text).sorted()
      diagnostics.error(
        "party-unregistered", "'\(member.registered)' is not a registered party",
        at: member.site,
        hint: nearestName(to: member.registered.text, among: names).map { "did you mean '\($0)'?" }
          ?? (names.isEmpty
            ? "no party is registered; 'moira party init \(member.registered)' makes one"
            : "registered are " + names.joined(separator: ", ")))
    }
  }

  private mutating func checkOverrides() {
    for one in commandLine where !ids.contains(one.task) {
      diagnostics.error(
        "task-unknown", "'\(one.task)' is not a task of the pipeline", at: one.site,
        hint: taskHint(one.task.text))
    }
  }

  func taskHint(_ name: String) -> String? {
    guard mayHint else { return nil }
    let names = pipeline.steps.map(\.id.text)
    return nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
      ?? "tasks are " + names.prefix(12).joined(separator: ", ")
  }

  /// A hint may look at every task, so only the first diagnostics get one: thousands of wrong wires
  /// end as soon as thousands of right ones.
  var mayHint: Bool { diagnostics.all.count < Self.hintLimit }

  // MARK: Components and parties

  private mutating func resolve(_ step: Pipeline.Step) {
    guard let schema = catalog[step.component.value] else {
      diagnostics.error(
        "component-unknown", "'\(step.component.value)' is not a component",
        at: step.component.site,
        hint: nearestName(to: step.component.value, among: catalog.names).map {
          "did you mean '\($0)'?"
        } ?? "'moira components' lists them")
      return
    }
    for role in schema.requiredRoles
    where !doesWithout(step, schema) && !pipeline.members.contains(where: { $0.role == role })
      && missingRoles.insert(role).inserted
    {
      diagnostics.error(
        "role-missing",
        "'\(schema.name)' needs a party with the role \(role), but the pipeline lists none",
        at: step.component.site, hint: "add '\(role): hub' to 'parties'")
    }
    let members = members(of: step, schema)
    if members.isEmpty, !pipeline.members.isEmpty, !diagnostics.hasErrors {
      diagnostics.error(
        "task-without-parties",
        "no party has a part in '\(step.id)': '\(schema.name)' runs at \(list(schema.roles.map(\.rawValue)))",
        at: step.site)
    }
    resolved[step.id] = ResolvedStep(step: step, schema: schema, members: members)
  }

  /// Whether the parameter is false that makes other roles needless.
  private func doesWithout(_ step: Pipeline.Step, _ schema: ComponentSchema) -> Bool {
    guard let name = schema.requirementSwitch else { return false }
    let written = overrides[step.id]?.last { $0.path == [name] }?.value
    return (written ?? step.parameters?.map?[name])?.value == .bool(false)
  }

  private mutating func members(
    of step: Pipeline.Step, _ schema: ComponentSchema
  ) -> [Pipeline.Member] {
    let idle = doesWithout(step, schema) ? schema.requiredRoles : []
    let able = pipeline.members.filter {
      schema.roles.contains($0.role) && !idle.contains($0.role)
    }
    guard let chosen = step.parties else { return able }
    var taking: Set<PartyID> = []
    for name in chosen {
      guard let member = members[name.value] else {
        reportParty(name.value.text, at: name.site)
        continue
      }
      guard schema.roles.contains(member.role) else {
        diagnostics.error(
          "role-lacking",
          "'\(schema.name)' has no part for \(article(member.role)), which '\(member.party)' is",
          at: name.site, hint: "it runs at \(list(schema.roles.map(\.rawValue)))")
        continue
      }
      taking.insert(member.party)
    }
    return able.filter { taking.contains($0.party) }
  }

  mutating func reportParty(_ name: String, at site: Site?) {
    let names = mayHint ? pipeline.members.map(\.party.text) : []
    let list = names.isEmpty ? nil : "parties are " + names.prefix(12).joined(separator: ", ")
    diagnostics.error(
      "party-unknown", "'\(name)' is not a party of the pipeline", at: site,
      hint: nearestName(to: name, among: names).map { "did you mean '\($0)'?" } ?? list)
  }
}

/// A task whose component and parties are known.
struct ResolvedStep {
  let step: Pipeline.Step
  let schema: ComponentSchema
  let members: [Pipeline.Member]
  private let parties: Set<PartyID>

  init(step: Pipeline.Step, schema: ComponentSchema, members: [Pipeline.Member]) {
    self.step = step
    self.schema = schema
    self.members = members
    parties = Set(members.map(\.party))
  }

  func hasPart(at party: PartyID) -> Bool { parties.contains(party) }
}

/// A task whose wires are known too.
struct WiredStep {
  let step: ResolvedStep
  let wires: [PlanMaker.Wired]
  let after: [TaskID]

  var id: TaskID { step.step.id }

  /// What it waits for, each once, in the order of the file.
  var needs: [TaskID] {
    var seen: Set<TaskID> = []
    return (wires.map(\.task) + after).filter { seen.insert($0).inserted }
  }
}

/// `guest, host and arbiter`.
func list(_ words: [String]) -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " and " + last
}

func article(_ role: Role) -> String { role == .arbiter ? "an arbiter" : "a \(role)" }
