import MoiraModel
import MoiraPlan

/// What a job's tasks measured last, in tables: evaluations by party and model, the rest by task.
struct MetricTables {
  /// What is shown of an evaluation, unless all is wanted; in this order.
  static let headline = [
    "rows", "auc", "accuracy", "precision", "recall", "f1", "macro_f1", "ks", "log_loss", "rmse",
    "mae", "r2",
  ]
  /// Measures that are better the smaller they are.
  private static let losses: Set<String> = ["log_loss", "rmse", "mae", "mse"]
  /// Where an evaluator's value belongs: whose rows, which model.
  private enum Place { case pooled, pooledLocal, own, ownLocal, alone }
  /// What an evaluator's values begin with; the longer beginnings first.
  private static let prefixes: [(prefix: String, place: Place)] = [
    ("pooled_local_", .pooledLocal), ("pooled_", .pooled), ("own_local_", .ownLocal),
    ("own_", .own), ("alone_", .alone),
  ]

  private let board: RunBoard
  private let isComplete: Bool

  /// - Parameter isComplete: whether every measure of an evaluation is shown.
  init(_ board: RunBoard, isComplete: Bool) {
    self.board = board
    self.isComplete = isComplete
  }

  /// One table for each evaluation, then one for all other tasks.
  func tables(_ style: Style) -> [[String]] {
    let rows = board.lastMetrics
    let evaluations = board.plan.tasks.map(\.id).filter { id in
      rows.contains { $0.task == id && Self.isEvaluation($0.metrics.values) }
    }
    let others = rows.filter { !evaluations.contains($0.task) }
    let tables =
      [measures(others, style)] + evaluations.map { id in evaluation(id, rows, style) }
    return tables.filter { !$0.isEmpty }
  }

  private static func isEvaluation(_ values: [String: Double]) -> Bool {
    !values.isEmpty
      && values.keys.allSatisfy { key in prefixes.contains { key.hasPrefix($0.prefix) } }
  }

  // MARK: Evaluations

  private struct Comparison {
    let place: String
    var federated: [String: Double] = [:]
    var local: [String: Double] = [:]
    /// Of this party's own model on the rows of all.
    var alone: [String: Double] = [:]
  }

  private func evaluation(
    _ task: TaskID, _ rows: [(task: TaskID, party: PartyID, metrics: RunBoard.Metrics)],
    _ style: Style
  ) -> [String] {
    var pooled = Comparison(place: "all parties")
    var own: [Comparison] = []
    for row in rows where row.task == task {
      var mine = Comparison(place: row.party.text)
      for (key, value) in row.metrics.values {
        guard let one = Self.prefixes.first(where: { key.hasPrefix($0.prefix) }) else { continue }
        let name = String(key.dropFirst(one.prefix.count))
        switch one.place {
        case .pooledLocal: pooled.local[name] = value
        case .pooled: pooled.federated[name] = value
        case .ownLocal: mine.local[name] = value
        case .own: mine.federated[name] = value
        case .alone: mine.alone[name] = value
        }
      }
      own.append(mine)
    }
    return table(task, pooled, own).lines(style)
  }

  private func table(_ task: TaskID, _ pooled: Comparison, _ own: [Comparison]) -> TextTable {
    let names = names(of: [pooled] + own)
    var table = TextTable(
      [task.text, "model"] + names.map(Self.title), right: Set(2..<names.count + 2))
    if !pooled.federated.isEmpty {
      add(pooled, names, to: &table)
      for one in own where !one.alone.isEmpty {
        table.add(["", "\(one.place) alone"] + names.map { Self.cell(one.alone[$0]) })
      }
    }
    for one in own { add(one, names, to: &table) }
    return table
  }

  private func add(_ one: Comparison, _ names: [String], to table: inout TextTable) {
    table.add([one.place, "federated"] + names.map { Self.cell(one.federated[$0]) })
    if one.local.isEmpty { return }
    table.add(["", "local"] + names.map { Self.cell(one.local[$0]) })
    table.add(["", "gain"] + names.map { Self.gain($0, one.federated[$0], one.local[$0]) })
  }

  private func names(of comparisons: [Comparison]) -> [String] {
    var known: Set<String> = []
    for one in comparisons { known.formUnion(one.federated.keys) }
    let first = Self.headline.filter(known.contains)
    return isComplete || first.count < 3 ? first + known.subtracting(first).sorted() : first
  }

  /// By how much the federated model is better: of a loss, by how much it is smaller.
  private static func gain(_ name: String, _ federated: Double?, _ local: Double?) -> String {
    guard name != "rows", let federated, let local else { return "" }
    let gain = losses.contains(name) ? local - federated : federated - local
    return gainText(gain)
  }

  // MARK: Others

  /// Parties that measured the same share a row.
  private func measures(
    _ rows: [(task: TaskID, party: PartyID, metrics: RunBoard.Metrics)], _ style: Style
  ) -> [String] {
    var names: Set<String> = []
    for row in rows { names.formUnion(row.metrics.values.keys) }
    let columns = names.sorted()
    var table = TextTable(
      ["task", "party", "step"] + columns.map(Self.title), right: Set(2..<columns.count + 3))
    var merged: [(task: TaskID, parties: [PartyID], metrics: RunBoard.Metrics)] = []
    for row in rows {
      if let last = merged.indices.last, merged[last].task == row.task,
        merged[last].metrics == row.metrics
      {
        merged[last].parties.append(row.party)
      } else {
        merged.append((row.task, [row.party], row.metrics))
      }
    }
    for row in merged {
      let parties = row.parties.map(\.text).joined(separator: ", ")
      let cells = columns.map { Self.cell(row.metrics.values[$0]) }
      table.add([row.task.text, parties, "\(row.metrics.step)"] + cells)
    }
    return table.isEmpty ? [] : table.lines(style)
  }

  private static func title(_ name: String) -> String { name.replacing("_", with: " ") }
  private static func cell(_ value: Double?) -> String { value.map(metricText) ?? "" }
}
