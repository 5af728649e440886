internal import MoiraConfig
internal import MoiraModel

/// Says a FATE file in steps of ours.
struct FateMaker {
  let file: FateFile
  let settings: FateSettings
  var diagnostics: Diagnostics
  var steps: [Pipeline.Step] = []
  /// The steps of each task, the main one first.
  var owned: [TaskID: [TaskID]] = [:]
  /// Tasks that are not said, because of an error.
  private(set) var dropped: Set<TaskID> = []
  /// Whether something is missing that a plan would miss too.
  var isPartial = false
  /// Keys of encryptors that were made, by the seats that take part.
  var encryptors: [Set<PartyID>: TaskID] = [:]
  /// Keys and parameters that are known and change nothing here.
  var idle: [Pipeline.Named<String>]
  var hasToldTimeout = false
  var hasToldSchedule = false
  /// How many errors there were before the parameters of the task at hand were read.
  private var errorsBefore = 0
  /// Tasks that sum over fewer than three parties without a word on protection.
  var bare: [(task: TaskID, site: Site?, count: Int)] = []
  private(set) var known: [TaskID: (component: FateComponent, stage: FateStage)] = [:]
  /// Which outputs are predictions, and of what.
  private(set) var scored: [FateTask.Place: FateScores] = [:]
  private var differing: [String] = []

  init(_ file: FateFile, _ settings: FateSettings, _ diagnostics: Diagnostics) {
    self.file = file
    self.settings = settings
    self.diagnostics = diagnostics
    idle = file.conf.idle
  }

  var protection: Pipeline.Named<FateProtection>? {
    settings.protection.map { .init(value: $0, site: nil) } ?? file.conf.protection
  }

  var arbiters: [Pipeline.Member] { file.seats.filter { $0.role == .arbiter } }

  mutating func make() -> FatePipeline? {
    for task in file.tasks { lookUp(task) }
    for task in file.tasks { noteScores(of: task) }
    for task in file.tasks { say(task) }
    reportProtection()
    reportIdle()
    if isPartial || file.seats.isEmpty || steps.isEmpty { return nil }
    let pipeline = Pipeline(
      name: settings.name, members: file.seats, steps: ordered(), conf: file.conf.node)
    return FatePipeline(
      pipeline: pipeline, tasks: file.tasks.compactMap(description),
      isLocal: file.isLocal)
  }

  private func description(_ task: FateStep) -> FateTask? {
    guard let (component, stage) = known[task.id], let steps = owned[task.id] else { return nil }
    return FateTask(
      id: task.id, component: component.name, stage: stage, members: members(of: task),
      steps: steps, outputs: component.outputs(task.id, stage))
  }

  private func members(of task: FateStep) -> [Pipeline.Member] {
    file.seats.filter { member in
      member.role != .arbiter && !task.resting.contains(member.party)
        && task.seats?.contains(member.party) ?? true
    }
  }

  // MARK: Looking up

  private mutating func lookUp(_ task: FateStep) {
    guard let component = file.components.first(where: { $0.name == task.component.value }) else {
      drop(task)
      reportComponent(task)
      return
    }
    guard let stage = stage(of: task, component) else {
      drop(task)
      return
    }
    if component.needsOthers(stage), members(of: task).count == 1, arbiters.isEmpty {
      drop(task)
      diagnostics.error(
        "too-few-parties",
        "'\(component.name)' needs other parties, but '\(task.id)' has one alone",
        at: task.component.site, hint: "roles guest and host, and for training an arbiter")
      return
    }
    known[task.id] = (component, stage)
  }

  private mutating func drop(_ task: FateStep) {
    dropped.insert(task.id)
    isPartial = true
  }

  private mutating func reportComponent(_ task: FateStep) {
    let name = task.component.value
    let names = file.components.map(\.name)
    let supported = "supported are " + list(names)
    guard FateComponents.unsupported.contains(name) else {
      diagnostics.error(
        "component-unknown", "'\(name)' is not a component of FATE", at: task.component.site,
        hint: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
          ?? supported)
      return
    }
    diagnostics.error(
      "fate-unsupported", "FATE's component '\(name)' has no counterpart here",
      at: task.component.site, hint: FateComponents.elsewhere[name] ?? supported)
  }

  private mutating func stage(of task: FateStep, _ component: FateComponent) -> FateStage? {
    if component.stages.isEmpty { return .general }
    let written = task.stage?.value ?? file.stage
    if let written, component.stages.contains(written) { return written }
    if written == nil {
      let predicts = task.inputs.contains { component.input($0.port.value, .train) == nil }
      return predicts ? .predict : .train
    }
    let stages = FateStage.allCases.filter(component.stages.contains).map { "'\($0.rawValue)'" }
    diagnostics.error(
      "fate-unsupported",
      "'\(component.name)' has the stages \(list(stages)), but '\(task.id)' has '\((written ?? .general).rawValue)'",
      at: task.stage?.site ?? task.site, hint: "stage: train")
    return nil
  }

  /// Which of the task's outputs are predictions, and of what.
  private mutating func noteScores(of task: FateStep) {
    guard let (component, stage) = known[task.id], component.ours == FateComponent.homoLR.ours
    else { return }
    let outputs = component.outputs(task.id, stage)
    let isTrained = stage == .train
    guard let made = outputs["train_output_data"] ?? outputs["test_output_data"],
      let rows = sources(isTrained ? "train_data" : "test_data", of: task, component, stage)
    else { return }
    let model =
      outputs["output_model"].map { FateFeed(place: $0, site: task.site) }
      ?? sources("input_model", of: task, component, stage)
      ?? sources("model", of: task, component, stage)
    if let model { scored[made] = FateScores(model: model, rows: rows) }
  }

  /// What an input that takes one artifact gets, before anything is said.
  private func sources(
    _ name: String, of task: FateStep, _ component: FateComponent, _ stage: FateStage
  ) -> FateFeed? {
    guard let input = task.inputs.first(where: { $0.port.value == name }),
      let port = component.input(name, stage),
      let slot = slots(input, port, members(of: task)).first
    else { return nil }
    let found = slot.compactMap { one -> FateFeed.Source? in
      guard let place = place(of: one.channel, port, in: slot, task, component) else { return nil }
      return .init(place: place, site: one.channel.site, seats: one.seats)
    }
    return found.isEmpty ? nil : FateFeed(found)
  }

  private func place(
    of channel: FateChannel, _ port: FateComponent.Input, in slot: FateSlot, _ task: FateStep,
    _ component: FateComponent
  ) -> FateTask.Place? {
    switch channel.source {
    case .output(let producer, let key): output(of: TaskID(producer.value), key.value)
    case .dataset: .init(FateNames.beside(task.id, port.name), "table")
    case .earlier:
      .init(
        FateNames.beside(task.id, slot.hasDatasets ? "\(port.name)-earlier" : port.name),
        port.section == "model" ? component.modelReader.port : "table")
    }
  }

  private func output(of task: TaskID, _ key: String) -> FateTask.Place? {
    known[task].flatMap { $0.component.outputs(task, $0.stage)[key] }
  }

  // MARK: Saying

  private mutating func say(_ task: FateStep) {
    guard let (component, stage) = known[task.id] else { return }
    let members = members(of: task)
    if members.isEmpty {
      if !file.seats.isEmpty {
        diagnostics.error(
          "task-without-parties", "no guest or host has a part in '\(task.id)'", at: task.site)
        isPartial = true
      }
      return
    }
    let feeds = feeds(of: task, component, stage, members)
    errorsBefore = errorCount
    let parameters = parameters(of: task, component, members)
    let call = FateCall(
      task: task, component: component, stage: stage, members: members, parameters: parameters,
      feeds: feeds)
    owned[task.id] = []
    component.steps(call, &self)
    if stage != .predict { differ(component, at: task.site) }
  }

  private var errorCount: Int { diagnostics.all.count { $0.severity == .error } }

  /// Whether something is wrong in the parameters of the task at hand: then they are left out, so
  /// that it is not told again in our own terms.
  var hasWrongParameters: Bool { errorCount > errorsBefore }

  /// Tells once for each component how it differs from FATE's.
  private mutating func differ(_ component: FateComponent, at site: Site?) {
    guard !component.differences.isEmpty, !differing.contains(component.name) else { return }
    differing.append(component.name)
    diagnostics.note(
      "fate-differs",
      "'\(component.name)' is not FATE's in all: " + component.differences.joined(separator: "; "),
      at: site, hint: differing.count == 1 ? "'moira explain fate-differs' says why" : nil)
  }

  private mutating func feeds(
    of task: FateStep, _ component: FateComponent, _ stage: FateStage,
    _ members: [Pipeline.Member]
  ) -> [String: [FateFeed]] {
    var feeds: [String: [FateFeed]] = [:]
    for input in task.inputs {
      guard let port = component.input(input.port.value, stage) else {
        reportPort(input, component, stage)
        continue
      }
      if port.section != input.section {
        diagnostics.error(
          "port-unknown", "'\(port.name)' is \(port.section) of '\(component.name)'",
          at: input.port.site, hint: "write it under 'inputs.\(port.section)'")
      }
      feeds[port.name, default: []] += self.feeds(input, of: task, port, component, members)
    }
    for port in component.inputs where !port.isOptional && port.fits(stage) {
      guard feeds[port.name]?.isEmpty ?? true else { continue }
      isPartial = true
      let isTold = task.inputs.contains { input in
        component.input(input.port.value, stage)?.name == port.name
          && (input.isWrong || !input.channels.isEmpty)
      }
      if isTold { continue }
      diagnostics.error(
        "port-missing", "'\(task.id)' needs the input '\(port.name)'", at: task.site,
        hint: "inputs: {\(port.section): {\(port.name): {task_output_artifact: {...}}}}")
    }
    return feeds
  }

  private mutating func reportPort(
    _ input: FateInput, _ component: FateComponent, _ stage: FateStage
  ) {
    isPartial = true
    let names = component.inputs.filter { $0.fits(stage) }.map(\.name)
    let place = component.stages.isEmpty ? "" : " in the stage '\(stage.rawValue)'"
    diagnostics.error(
      "port-unknown", "'\(input.port.value)' is not an input of '\(component.name)'\(place)",
      at: input.port.site,
      hint: nearestName(to: input.port.value, among: names).map { "did you mean '\($0)'?" }
        ?? (names.isEmpty ? "it has no inputs" : "inputs are \(names.joined(separator: ", "))"))
  }
}
