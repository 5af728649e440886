internal import MoiraConfig
internal import MoiraModel

/// One of the party's own parts, with what its build knows about it.
struct OwnPart {
  let task: PlannedTask
  let part: PlannedPart
  /// Nil where this build has not the component in the plan's version.
  let schema: ComponentSchema?
  /// The dataset that it names.
  let dataset: String?
  /// Parties other than this one that have a part in the task, by their registered ids.
  let others: [PartyID]
  /// The datasets whose rows go into it or are read by it.
  fileprivate(set) var rows: Set<String> = []
  /// Whether rows go into it, also of an origin that is not known.
  fileprivate(set) var hasRows = false

  var id: TaskID { task.id }

  /// The value of a parameter of the first level.
  func value(_ name: String) -> ConfigValue? { part.parameters.value[name] }

  /// The port that takes keys of an encryptor, where the component has one at this role.
  var protectionPort: PortSchema? {
    schema?.inputs.first { $0.kind == .protection && $0.roles.contains(part.role) }
  }

  /// Whether it sends values that are added up over the parties.
  var sends: Bool {
    guard protectionPort != nil, !others.isEmpty else { return false }
    guard let name = schema?.requirementSwitch else { return true }
    return value(name) != .bool(false)
  }

  /// Whether it makes a model of rows together with other parties.
  var trains: Bool {
    sends && hasRows
      && schema?.outputs.contains { $0.kind == .model && $0.roles.contains(part.role) } == true
  }
}

/// A plan as one party sees it: its own parts, and which datasets' rows flow where.
struct PlanSight {
  /// What comes out of an output of these kinds is no longer rows.
  private static let distilled: Set<ArtifactKind> = [
    .model, .scaler, .metrics, .statistics, .protection,
  ]

  private struct Place: Hashable {
    let task: TaskID
    let seat: PartyID
  }

  let proposal: Proposal
  let catalog: ComponentSchemas
  /// The seats by name.
  let seats: [PartyID: RolePlayer]
  /// In the plan's order.
  private(set) var parts: [OwnPart] = []
  private var indices: [Place: Int] = [:]
  /// The first place of each task in the plan.
  private(set) var order: [TaskID: Int] = [:]

  init(_ proposal: Proposal, _ catalog: ComponentSchemas) {
    self.proposal = proposal
    self.catalog = catalog
    seats = Dictionary(
      proposal.plan.members.map { ($0.party, $0) }, uniquingKeysWith: { first, _ in first })
    for (place, task) in proposal.plan.tasks.enumerated() {
      if order[task.id] == nil { order[task.id] = place }
      add(task)
    }
  }

  /// Whether a seat of the plan is the party's own.
  func isOwn(_ seat: PartyID) -> Bool { seats[seat]?.registered == proposal.party }

  var ownSeats: [RolePlayer] {
    proposal.plan.members.filter { $0.registered == proposal.party }
  }

  /// Parties in the job other than this one, each once.
  var partners: [PartyID] {
    var seen: Set<PartyID> = [proposal.party]
    return proposal.plan.members.map(\.registered).filter { seen.insert($0).inserted }
  }

  func part(of task: TaskID, at seat: PartyID) -> OwnPart? {
    indices[Place(task: task, seat: seat)].map { parts[$0] }
  }

  private mutating func add(_ task: PlannedTask) {
    let own = task.parts.filter { isOwn($0.party) }
    guard !own.isEmpty else { return }
    let known = catalog[task.component]
    let schema = known?.version == task.componentVersion ? known : nil
    var seen: Set<PartyID> = [proposal.party]
    let others = task.parts.map { seats[$0.party]?.registered ?? $0.party }
      .filter { seen.insert($0).inserted }
    for part in own {
      var one = OwnPart(
        task: task, part: part, schema: schema, dataset: dataset(of: part, schema),
        others: others)
      take(rowsOf: &one)
      indices[Place(task: task.id, seat: part.party)] = parts.count
      parts.append(one)
    }
  }

  private func dataset(of part: PlannedPart, _ schema: ComponentSchema?) -> String? {
    let names = schema?.parameters.parameters.filter { $0.kind == .dataset }.map(\.name) ?? []
    return names.lazy.compactMap { part.parameters.value[$0]?.string }.first
  }

  /// What a part takes from the outputs that feed it; those of tasks further down feed nothing.
  private func take(rowsOf one: inout OwnPart) {
    if let dataset = one.dataset {
      one.rows.insert(dataset)
      one.hasRows = true
    }
    for input in one.part.inputs {
      guard let source = part(of: input.task, at: one.part.party) else { continue }
      let kind = source.schema?.output(input.output)?.kind
      guard kind.map({ !Self.distilled.contains($0) }) ?? true else { continue }
      one.rows.formUnion(source.rows)
      one.hasRows = true
    }
  }

  /// Whether a part makes rows of nothing that this party has registered.
  func hasUnknownOrigin(_ one: OwnPart) -> Bool {
    !one.hasRows
      && one.schema?.outputs.contains {
        !Self.distilled.contains($0.kind) && $0.roles.contains(one.part.role)
      } == true
  }

  /// How what a part sends is hidden: the method of the encryptor that feeds it.
  func protection(of one: OwnPart) -> Protection {
    guard let port = one.protectionPort,
      let input = one.part.inputs.first(where: { $0.port == port.name })
    else { return .method(Self.unwiredMethod) }
    guard let source = part(of: input.task, at: one.part.party),
      let method = source.value("method")?.string
    else { return .unknown(input.task) }
    return .method(method)
  }

  enum Protection: Hashable {
    case method(String)
    /// The task that feeds the keys says no method.
    case unknown(TaskID)
  }

  /// Components agree on keys of this kind where no encryptor is wired.
  static let unwiredMethod = "secure_aggregation"
}
