import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime

/// What differs between two jobs: parameters and last measures, by name and parties.
struct JobDifference {
  /// One name whose values differ, with the parties at which they differ in this way.
  private struct Row {
    let name: String
    let left: String?
    let right: String?
    var parties: [String]
  }

  /// A value with its name and party.
  private struct Entry {
    let name: String
    let party: String
    let value: String
    var key: String { "\(name)@\(party)" }
  }

  private let jobs: (JobID, JobID)
  private let parameters: [Row]
  private let metrics: [Row]

  /// - Parameter isComplete: whether every measure of an evaluation is compared.
  init(_ left: JobHistory, _ right: JobHistory, isComplete: Bool) {
    jobs = (left.record.id, right.record.id)
    parameters = Self.rows(Self.parameters(of: left), Self.parameters(of: right))
    metrics = Self.rows(
      Self.metrics(of: left, isComplete), Self.metrics(of: right, isComplete))
  }

  private static func parameters(of job: JobHistory) -> [Entry] {
    job.record.plan.tasks.flatMap { task in
      task.parts.flatMap { part in
        let component = ConfigValue.string(task.component)
        return ([("component", component)] + part.parameters.value.leaves).map { path, value in
          Entry(name: "\(task.id).\(path)", party: part.party.text, value: value.written)
        }
      }
    }
  }

  private static func metrics(of job: JobHistory, _ isComplete: Bool) -> [Entry] {
    job.board.lastMetrics.flatMap { one in
      one.metrics.values.sorted { $0.key < $1.key }.compactMap { name, value in
        guard isComplete || isHeadline(name) else { return nil }
        return Entry(name: "\(one.task).\(name)", party: one.party.text, value: metricText(value))
      }
    }
  }

  /// Of an evaluation what is pooled; of other tasks all.
  private static func isHeadline(_ name: String) -> Bool {
    if name.hasPrefix("own_") { return false }
    guard name.hasPrefix("pooled_") else { return true }
    return MetricTables.headline.contains(String(name.dropFirst("pooled_".count)))
  }

  /// Names whose values differ, in the order of the first job, then those that only the second has.
  private static func rows(_ left: [Entry], _ right: [Entry]) -> [Row] {
    let ours = Dictionary(left.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let theirs = Dictionary(right.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    var rows: [Row] = []
    for entry in left + right.filter({ ours[$0.key] == nil }) {
      let (mine, other) = (ours[entry.key], theirs[entry.key])
      if mine == other { continue }
      if let last = rows.last, last.name == entry.name, last.left == mine, last.right == other {
        rows[rows.count - 1].parties.append(entry.party)
      } else {
        rows.append(Row(name: entry.name, left: mine, right: other, parties: [entry.party]))
      }
    }
    return rows
  }

  func lines(_ style: Style) -> [String] {
    let tables = [table("parameter", parameters, style), table("metric", metrics, style)]
    let shown = tables.filter { !$0.isEmpty }
    if shown.isEmpty { return ["the jobs '\(jobs.0)' and '\(jobs.1)' do not differ"] }
    return Array(shown.joined(separator: [""]))
  }

  private func table(_ title: String, _ rows: [Row], _ style: Style) -> [String] {
    if rows.isEmpty { return [] }
    var table = TextTable([title, jobs.0.text, jobs.1.text, "at"])
    for row in rows {
      table.add([
        row.name, row.left ?? "–", row.right ?? "–", row.parties.joined(separator: ", "),
      ])
    }
    return table.lines(style)
  }

  var json: ConfigValue {
    .map([
      ("jobs", .list([.string(jobs.0.text), .string(jobs.1.text)])),
      ("parameters", list(parameters)), ("metrics", list(metrics)),
    ])
  }

  private func list(_ rows: [Row]) -> ConfigValue {
    .list(
      rows.map { row in
        .map([
          ("name", .string(row.name)), ("first", row.left.map { .string($0) } ?? .null),
          ("second", row.right.map { .string($0) } ?? .null),
          ("parties", .list(row.parties.map { .string($0) })),
        ])
      })
  }
}
