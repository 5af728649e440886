internal import MoiraConfig
internal import MoiraModel

extension PolicyCheck {
  mutating func checkDatasets() {
    var read: Set<String> = []
    for one in sight.parts {
      checkOrigin(one)
      if let dataset = one.dataset, read.insert(dataset).inserted { checkDataset(dataset, one) }
      for dataset in one.rows.sorted() { checkUse(of: dataset, one) }
    }
  }

  /// Files are read by their registered names only, and rows come from nowhere else.
  private mutating func checkOrigin(_ one: OwnPart) {
    let isPath = one.schema?.parameters["path"]?.kind == .string
    if isPath, let path = one.value("path"), !path.isNull {
      refuse(
        code: "policy-dataset", "policy.datasets",
        "task '\(one.id)' must read a registered dataset at '\(proposal.party)', but names a file by its path",
        hint: "'moira party dataset add NAME PATH' registers it; then 'dataset: NAME'")
    } else if sight.hasUnknownOrigin(one) {
      refuse(
        code: "policy-dataset", "policy.datasets",
        "the rows of task '\(one.id)' must come from a registered dataset of '\(proposal.party)', but nothing says that they do",
        hint: "rows of earlier jobs may be of any dataset, so their rules cannot be kept")
    }
  }

  private mutating func checkDataset(_ name: String, _ one: OwnPart) {
    guard facts.datasets.contains(name) else {
      refuse(
        code: "dataset-unregistered", "policy.datasets",
        "'\(proposal.party)' has no dataset '\(name)', which task '\(one.id)' names",
        hint: nearestName(to: name, among: facts.datasets.sorted()).map { "'\($0)' is near" })
      return
    }
    guard let rule = policy.datasets[name] else {
      refuse(
        code: "policy-dataset", "policy.datasets",
        "'policy.datasets' must name what is read at '\(proposal.party)', but '\(name)' of task '\(one.id)' is not in it",
        hint: "it allows \(policy.datasets.words)")
      return
    }
    let place = policy.datasets.place(of: name)
    if let submitters = rule.submitters, !submitters.allows(proposal.submitter) {
      refuse(
        code: "policy-submitter", "\(place).submitters",
        "'\(place).submitters' must name who uses '\(name)', but '\(proposal.submitter)' is not in it",
        hint: "it allows \(submitters.words)")
    }
    checkRows(name, rule.minimumRows, "\(place).minimum_rows")
  }

  private mutating func checkRows(_ name: String, _ minimum: Int, _ place: String) {
    guard minimum > 0 else { return }
    guard let rows = facts.rows(name) else {
      refuse(
        code: "policy-rows", place,
        "'\(name)' must have the rows that '\(place)' asks for, but they cannot be counted",
        hint: "'moira party show \(proposal.party)' says why")
      return
    }
    if rows < minimum {
      refuse(
        code: "policy-rows", place,
        "'\(name)' must have the rows that '\(place)' asks for, but has fewer",
        hint: "at least \(minimum) are asked for, and it has \(rows)")
    }
  }

  private mutating func checkUse(of name: String, _ one: OwnPart) {
    guard let components = policy.datasets[name]?.components,
      !components.allows(one.task.component, version: one.task.componentVersion)
    else { return }
    let place = policy.datasets.place(of: name) + ".components"
    refuse(
      code: "policy-component", place,
      "'\(place)' must name where the rows of '\(name)' go, but \(named(one)) is not in it",
      hint: "it allows \(components.words)")
  }

  // MARK: Protection

  /// What a task sends of the party's rows is hidden by a method that is allowed.
  mutating func checkProtection() {
    for one in sight.parts where one.sends && one.hasRows {
      switch sight.protection(of: one) {
      case .method(let method):
        if !policy.protections.allows(method) {
          refuse(
            code: "policy-protection", "policy.protections",
            "'policy.protections' must name what hides the sums of task '\(one.id)', but '\(method)' is not in it",
            hint: "it allows \(policy.protections.words)")
        }
      case .unknown(let source):
        refuse(
          code: "policy-protection", "policy.protections",
          "'policy.protections' must name what hides the sums of task '\(one.id)', but '\(source)' does not say its method",
          hint: "it allows \(policy.protections.words)")
      }
    }
  }
}
