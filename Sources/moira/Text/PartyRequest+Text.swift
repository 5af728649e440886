import MoiraConfig
import MoiraModel
import MoiraPlan

extension PartyRequest {
  /// For people: part after part, with what goes in, what leaves and what was set.
  func lines(_ style: Style, width: Int?) -> [String] {
    var lines = ["\(style.bold(name)) asks of '\(party)', as \(roles.joined(separator: " and ")):"]
    if !partners.isEmpty { lines.append("  with \(partners.joined(separator: ", "))") }
    for part in parts {
      lines.append("")
      lines.append("  \(style.bold(part.task))  \(part.component) version \(part.version)")
      var table = TextTable([])
      if !part.reads.isEmpty { table.add(["rows of", part.reads.joined(separator: ", ")]) }
      table.add(["leaves", part.leaves])
      for (name, value) in part.parameters { table.add([name, value]) }
      lines += table.lines(style, indent: "    ", fitting: width)
    }
    if parts.isEmpty { lines.append("  nothing") }
    return lines
  }

  func json(_ decision: ConsentDecision) -> ConfigValue {
    .map([
      ("party", .string(party)), ("pipeline", .string(name)),
      ("roles", .list(roles.map { .string($0) })),
      ("partners", .list(partners.map { .string($0) })),
      ("parts", .list(parts.map(json))), ("granted", .bool(decision.granted)),
      ("refusals", .list(decision.refusals.map(json))),
      ("reserves", .list(decision.reserves.map(json))),
    ])
  }

  private func json(_ part: Part) -> ConfigValue {
    .map([
      ("task", .string(part.task)), ("component", .string(part.component)),
      ("version", .int(part.version)), ("rows_of", .list(part.reads.map { .string($0) })),
      ("protection", part.protection.map { .string($0) } ?? .null),
      ("leaves", .string(part.leaves)), ("parameters", part.all),
    ])
  }

  private func json(_ refusal: PolicyRefusal) -> ConfigValue {
    .map([
      ("code", .string(refusal.code)), ("rule", refusal.rule.map { .string($0) } ?? .null),
      ("message", .string(refusal.message)), ("hint", refusal.hint.map { .string($0) } ?? .null),
      ("line", refusal.site.map { .int($0.line) } ?? .null),
    ])
  }

  private func json(_ reserve: EpsilonReserve) -> ConfigValue {
    .map([
      ("dataset", .string(reserve.dataset)), ("partner", .string(reserve.partner.text)),
      ("task", .string(reserve.task.text)), ("epsilon", .double(reserve.epsilon)),
      ("attempts", .int(reserve.attempts)),
    ])
  }
}
