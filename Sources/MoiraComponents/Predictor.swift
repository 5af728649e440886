internal import MoiraConfig
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Applies a model to a table.
struct Predictor: Component {
  static let card = ComponentCard(
    "predictor", version: 1, roles: [.guest, .host],
    summary: "Applies a model to a table, and makes a table of predictions.")

  @Input("The model to apply.", at: .guest, .host) var model: Artifact<LogisticModel>
  @Input("The rows to predict; a label is kept if there is one.", at: .guest, .host)
  var data: Artifact<Table>

  @Output("Id, label, probability and class of each row.", at: .guest, .host)
  var predictions: Artifact<Table>

  @Param(
    "Probabilities from here on give the second class (binary models).", .atLeast(0), .atMost(1))
  var threshold: Double = 0.5
  @Param("Whether the model's own scaling is applied to the rows first.")
  var applyScaling: Bool = false

  func run(in task: some TaskContext) async throws {
    let model = try await task.read(self.model)
    let table = try await task.read(data)
    let scores = try model.scores(
      table, port: data.port, applyScaling: applyScaling, party: task.party, workers: task.workers)
    var builder = TableBuilder(rows: table.rows)
    if let id = table.schema.id {
      builder.setID(id, (0..<table.rows).map { table.id(at: $0) ?? "" })
    }
    if let label = table.schema.label, let labels = table.labels() {
      builder.setLabel(label.name, labels, kind: label.kind)
    }
    add(scores, of: model, rows: table.rows, to: &builder)
    do {
      try await task.write(try Table(try builder.build()), to: predictions)
    } catch let error as TableBuildError {
      throw Failure("predictions-unwritable", "the predictions make no table", cause: "\(error)")
    }
    task.log("\(table.rows) rows predicted")
  }

  private func add(
    _ scores: [Double], of model: LogisticModel, rows: Int, to builder: inout TableBuilder
  ) {
    let classes: [Int]
    if model.isBinary {
      builder.addNumeric("probability", scores)
      classes = scores.map { $0 >= threshold ? 1 : 0 }
    } else {
      let count = model.classes.count
      for (place, name) in model.classes.enumerated() {
        builder.addNumeric("probability_\(name)", (0..<rows).map { scores[$0 * count + place] })
      }
      classes = likeliestClasses(scores: scores, classCount: count)
    }
    builder.addCategorical("class", levels: model.classes, codes: classes.map { Int32($0) })
  }
}
