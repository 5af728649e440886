import MoiraConfig
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraStorage

/// An audit log for people and for programs.
enum AuditText {
  static func list(_ verdict: AuditVerdict) {
    if verdict.entries.isEmpty { return Console.print("no entries") }
    var table = TextTable(["line", "time", "kind", "facts"], right: [0])
    for entry in verdict.entries {
      table.add([
        "\(entry.number)", momentText(entry.time), entry.kind.text, facts(entry.facts),
      ])
    }
    for line in table.lines(.output, fitting: Console.fittingWidth) { Console.print(line) }
  }

  /// `job 7f3a, task homo_lr_0`.
  private static func facts(_ facts: ConfigValue) -> String {
    facts.leaves.filter { !$0.value.isNull }.map { "\($0.path) \($0.value.written)" }
      .joined(separator: ", ")
  }

  /// What a verification found good.
  static func show(_ verdict: AuditVerdict, path: String) {
    let lines = verdict.lines == 1 ? "1 line" : "\(verdict.lines) lines"
    Console.print("\(path): \(lines) follow one another")
    guard let head = verdict.head else {
      Console.print("no signed head: lines cut off the end would not be missed")
      return
    }
    guard verdict.flaw == nil else { return }
    Console.print(
      "up to line \(head.number) signed by \(head.party) at \(momentText(head.time)), key \(head.key)"
    )
  }

  static func flaw(_ flaw: AuditFlaw, path: String, _ style: Style) -> String {
    "\(style.red("error:")) \(style.bold("line \(flaw.line) of \(path) \(flaw.words)")) "
      + style.dim("[audit-damaged]")
  }

  static func json(_ verdict: AuditVerdict, isListed: Bool) -> ConfigValue {
    .map([
      ("lines", .int(verdict.lines)),
      ("signed", verdict.head.map { .int($0.number) } ?? .null),
      ("key", verdict.head.map { .string($0.key.description) } ?? .null),
      (
        "flaw",
        verdict.flaw.map {
          .map([("line", .int($0.line)), ("message", .string($0.words))])
        } ?? .null
      ),
      ("entries", isListed ? .list(verdict.entries.map(json)) : .null),
    ])
  }

  private static func json(_ entry: AuditEntry) -> ConfigValue {
    .map([
      ("number", .int(entry.number)), ("time", .int(Int(entry.time.milliseconds))),
      ("kind", .string(entry.kind.text)), ("facts", entry.facts),
      ("hash", .string(entry.hash.text)),
    ])
  }
}
