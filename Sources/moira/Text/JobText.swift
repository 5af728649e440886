import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// How a job came out, for people: tasks, failures, metrics, protection, artifacts.
struct JobText {
  private let board: RunBoard
  private let snapshot: JobSnapshot
  private let home: Home
  private let style: Style
  private let isVerbose: Bool

  init(_ board: RunBoard, _ snapshot: JobSnapshot, home: Home, style: Style, isVerbose: Bool) {
    self.board = board
    self.snapshot = snapshot
    self.home = home
    self.style = style
    self.isVerbose = isVerbose
  }

  /// The table of tasks.
  var tasks: [String] {
    var table = TextTable(
      ["task", "component", "state", "time", "tries", "parties"], right: [3, 4])
    for task in snapshot.tasks {
      let planned = board.plan[task.id]
      table.add([
        task.id.text, planned?.component ?? "", task.stateWords, task.spanText,
        task.attempt > 0 ? "\(task.attempt)" : "",
        planned?.parts.map(\.party.text).joined(separator: ", ") ?? "",
      ])
    }
    return table.lines(style)
  }

  /// Every task's last failure, in the house's form.
  var failures: [String] {
    snapshot.tasks.compactMap { task in
      (task.failure ?? (isVerbose ? task.failures.last : nil)).map {
        FailureReport($0, of: snapshot.id, isVerbose: isVerbose).text(style)
      }
    }
  }

  /// Last values by task and party, a table after another.
  var metrics: [String] {
    let tables = MetricTables(board, isComplete: isVerbose).tables(style)
    return Array(tables.joined(separator: [""]))
  }

  /// What protected the job.
  var protection: [String] {
    var texts: [(text: String, tasks: [String])] = []
    for one in board.protections {
      if let place = texts.firstIndex(where: { $0.text == one.text }) {
        texts[place].tasks.append(one.task.text)
      } else {
        texts.append((one.text, [one.task.text]))
      }
    }
    let methods = texts.map { "\(Self.list($0.tasks)): \(withoutControls($0.text))" }
    return methods + came
  }

  /// What the protection came to, a line for each task that tells.
  private var came: [String] {
    var lines: [(task: TaskID, texts: [String])] = []
    for tally in board.tallies {
      let text = withoutControls("\(tally.name): \(tally.text)")
      if let place = lines.firstIndex(where: { $0.task == tally.task }) {
        lines[place].texts.append(text)
      } else {
        lines.append((tally.task, [text]))
      }
    }
    return lines.map { "\($0.task): \($0.texts.joined(separator: "; "))" }
  }

  private static func list(_ tasks: [String]) -> String {
    let shown = tasks.prefix(tasks.count > 5 ? 3 : 5).joined(separator: ", ")
    return tasks.count > 5 ? "\(shown) and \(tasks.count - 3) more tasks" : shown
  }

  /// The table of artifacts, by task, party and port.
  var artifacts: [String] {
    var table = TextTable(["artifact", "kind", "size", "hash"], right: [2])
    for one in snapshot.artifacts {
      table.add([
        "\(one.task).\(one.reference.port)@\(one.party)", one.reference.kind.text,
        sizeText(one.reference.bytes), one.reference.hash.text,
      ])
    }
    return table.lines(style)
  }

  /// All of it, a paragraph for each.
  var summary: [String] {
    var lines = failures
    lines += paragraph("metrics", metrics) + paragraph("protected by", protection)
    let count = snapshot.artifacts.count
    if count > 0 {
      lines += [
        "", style.bold("artifacts"),
        home.isElsewhere
          ? "  \(count) at their parties" : "  \(count) below \(home.parties)/<party>",
      ]
    }
    return lines
  }

  private func paragraph(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", style.bold(title)] + lines.map { $0.isEmpty ? "" : "  " + $0 }
  }
}

extension TaskSnapshot {
  /// The state, and why where that is not plain.
  var stateWords: String {
    if let skipReason { return "skipped: \(skipReason)" }
    return isLookingUp ? "looking up" : state.rawValue
  }

  var spanText: String {
    guard let started, let ended else { return "" }
    return moira.spanText(ended - started)
  }
}

extension JobSnapshot {
  /// Everything that the job's tasks made or reused.
  var artifacts: [(task: TaskID, party: PartyID, reference: ArtifactReference)] {
    tasks.flatMap { task in
      task.outputs.sorted { $0.key < $1.key }.flatMap { party, references in
        references.map { (task.id, party, $0) }
      }
    }
  }

  var span: Duration? { ended.map { $0 - submitted } }
}
