public import MoiraConfig
public import MoiraModel

extension Plan {
  /// The plan for programs, under stable keys.
  public func json(hash: ContentHash) -> ConfigValue {
    .map([
      ("format", .int(version)), ("name", .string(name)), ("hash", .string(hash.text)),
      ("parallelism", .int(parallelism)),
      (
        "parties",
        .list(
          members.map {
            .map([("party", .string($0.party.text)), ("role", .string($0.role.rawValue))])
          })
      ),
      ("tasks", .list(tasks.map(\.json))),
    ])
  }
}

extension PlannedTask {
  fileprivate var json: ConfigValue {
    .map([
      ("task", .string(id.text)), ("component", .string(component)),
      ("component_version", .int(componentVersion)), ("level", .int(level + 1)),
      ("needs", .list(needs.map { .string($0.text) })),
      ("inputs", .list(wires.map { wireJSON($0.input, $0.parties) })),
      ("parties", .list(parts.map { .string($0.party.text) })),
      ("parameters", .list(parameterValues.map(\.json))), ("conf", policy.json),
    ])
  }

  private func wireJSON(_ input: PlannedInput, _ parties: [PartyID]) -> ConfigValue {
    .map([
      ("port", .string(input.port.text)), ("task", .string(input.task.text)),
      ("output", .string(input.output.text)),
      ("parties", .list(parties.map { .string($0.text) })),
    ])
  }
}

extension PlannedValue {
  fileprivate var json: ConfigValue {
    var entries: [(key: String, value: ConfigValue)] = [
      ("name", .string(path)), ("value", value),
      ("origin", .string(site == nil ? "default" : origin)),
    ]
    if let site {
      entries.append(("line", .int(site.line)))
      entries.append(("column", .int(site.column)))
    }
    entries.append(("parties", .list(parties.map { .string($0.text) })))
    return .map(entries)
  }
}

extension PlannedPolicy {
  fileprivate var json: ConfigValue {
    .map([
      ("retries", .int(retries)), ("timeout", timeout.map { .double($0) } ?? .null),
      ("priority", .int(priority)), ("cache", .bool(cache)),
      ("wait_for_party", waitForParty.map { .double($0) } ?? .null),
      (
        "backoff",
        .map([
          ("initial", .double(backoffInitial)), ("factor", .double(backoffFactor)),
          ("limit", .double(backoffLimit)),
        ])
      ),
    ])
  }
}
