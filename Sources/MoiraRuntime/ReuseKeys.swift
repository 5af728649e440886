internal import MoiraConfig
internal import MoiraCrypto
public import MoiraModel
public import MoiraPlan

/// Says by hash what a task's result depends on: component, version, each party's parameters and
/// data, and the keys of the tasks that feed it.
///
/// It names recipes, not bytes: fresh keys of an encryptor do not make what follows new.
struct ReuseKeys {
  private var known: [TaskID: ContentHash] = [:]

  subscript(task: TaskID) -> ContentHash? {
    get { known[task] }
    set { known[task] = newValue }
  }

  /// - Parameter fingerprints: what each part depends on beside, in the order of the parts.
  func key(of task: PlannedTask, fingerprints: [String?]) -> ContentHash {
    let parts: [ConfigValue] = zip(task.parts, fingerprints).map { part, fingerprint in
      let inputs: [(key: String, value: ConfigValue)] = part.inputs.map { input in
        (input.port.text, .string("\(known[input.task]?.text ?? "")/\(input.output)"))
      }
      return .map([
        ("party", .string(part.party.text)), ("role", .string(part.role.rawValue)),
        ("parameters", part.parameters.value.canonical), ("inputs", .map(inputs)),
        ("fingerprint", fingerprint.map { .string($0) } ?? .null),
      ])
    }
    let recipe = ConfigValue.map([
      ("version", .int(1)), ("component", .string(task.component)),
      ("component_version", .int(task.componentVersion)), ("parts", .list(parts)),
    ])
    return sha256(Array(recipe.json(sorted: true).utf8))
  }
}

extension Plan {
  /// The SHA-256 of all that the plan says, without the places where it was written.
  public var contentHash: ContentHash {
    let tasks: [ConfigValue] = tasks.map { task in
      .map([
        ("id", .string(task.id.text)), ("component", .string(task.component)),
        ("version", .int(task.componentVersion)),
        ("needs", .list(task.needs.sorted().map { .string($0.text) })),
        ("parts", .list(task.parts.map(\.content))), ("policy", .string("\(task.policy)")),
      ])
    }
    let members = members.map { member in
      let holder = member.holder.map { " of \($0)" } ?? ""
      return ConfigValue.string("\(member.role.rawValue) \(member.party)\(holder)")
    }
    let all = ConfigValue.map([
      ("format", .int(version)), ("name", .string(name)), ("parties", .list(members)),
      ("tasks", .list(tasks)),
    ])
    return sha256(Array(all.json(sorted: true).utf8))
  }
}

extension PlannedPart {
  fileprivate var content: ConfigValue {
    .map([
      ("party", .string(party.text)), ("parameters", parameters.value.canonical),
      (
        "inputs",
        .map(inputs.map { ($0.port.text, .string("\($0.task).\($0.output)")) })
      ),
    ])
  }
}

extension ConfigValue {
  /// The value as it comes back from JSON, which keeps `1.0` as `1`: a plan that was kept and read
  /// again has the same hashes as before.
  fileprivate var canonical: ConfigValue {
    switch self {
    case .double(let number) where number.isFinite:
      Int(exactly: number).map { .int($0) } ?? self
    case .double(let number): .string(String(number))
    case .list(let values): .list(values.map(\.canonical))
    case .map(let entries): .map(entries.map { ($0.key, $0.value.canonical) })
    case .null, .bool, .int, .string: self
    }
  }
}
