public import MoiraConfig
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Whether predictions are probabilities or values.
public enum EvaluationForm: String, ParameterChoice {
  case binary, regression
}

/// Says how well a model does, at each party and over all of them without pooling rows.
///
/// The parties' confusion counts, losses and score histograms are summed under masks. AUC and KS over
/// all parties come from histograms of 4,096 bins; their error is bounded by the pairs that share a
/// bin, and stated.
struct Evaluator: Component {
  static let card = ComponentCard(
    "evaluator", version: 1, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    unless: "pooled", outlivesParties: true,
    summary: "Says how well a model does, at each party and over all of them without pooling rows.",
    reference: "https://arxiv.org/abs/1602.05629")

  @Input("Rows with labels, which the model has not seen.", at: .guest, .host)
  var data: Artifact<Table>
  @Input(
    "The model to evaluate; not needed when 'prediction' names a column of predictions.",
    at: .guest, .host)
  var model: Artifact<LogisticModel>?
  @Input("The model of this party's rows alone, to compare with.", at: .guest, .host)
  var baseline: Artifact<LogisticModel>?
  @Input(
    "Keys from an encryptor; without, keys are agreed for this task alone.", at: .guest, .host,
    .arbiter)
  var protection: Artifact<ProtectionKeys>?

  @Output("The metrics of this party and of all together.", at: .guest, .host)
  var metrics: Artifact<EvaluationReport>

  @Param("Probabilities from here on count as the second class.", .atLeast(0), .atMost(1))
  var threshold: Double = 0.5
  @Param("Whether the model's own scaling is applied to the rows first.")
  var applyScaling: Bool = false
  @Param("The column of 'data' that holds predictions, in place of a model.")
  var prediction: String?
  @Param("What the column of predictions holds: probabilities of the second class, or values.")
  var predictionForm: EvaluationForm = .binary

  @Param(
    "Whether the parties show one another their baselines, so that each is scored on the rows of all. It tells them what a model of one party's rows alone looks like."
  )
  var shareBaselines: Bool = false

  @Param(
    "Whether metrics of all parties' rows are found too; without, nothing leaves a party.")
  var pooled: Bool = true

  @Param("The metrics to report, beside how many rows there were; empty reports all.")
  var reported: [EvaluationMetric] = []

  func run(in task: some TaskContext) async throws {
    if !pooled {
      if task.role != .arbiter { try await evaluateAlone(in: task) }
    } else if task.role == .arbiter {
      let agreed = try await LabelAgreement.arbitrate(in: task)
      var pooling = try await EvaluationPooling(self, agreed, in: task)
      let baselines = !agreed.validates ? 0 : 1 + (shareBaselines ? task.clients.count : 0)
      _ = try await pooling.sums(nil, count: 1 + baselines)
    } else {
      try await evaluate(in: task)
    }
  }

  private func evaluate(in task: some TaskContext) async throws {
    guard let arbiter = task.arbiter else {
      throw Failure("role-missing", "evaluation needs an arbiter, but the task has none")
    }
    let rows = try await EvaluationRows(self, in: task)
    let agreed = try await LabelAgreement.agree(
      classes: rows.classes, start: rows.fingerprint, validates: rows.local != nil, in: task,
      arbiter: arbiter)
    let shared =
      shareBaselines && agreed.validates ? try await rows.exchange(in: task) : []
    let scored = [rows.federated] + (rows.local.map { [$0] } ?? []) + shared.map(\.1)
    var pooling = try await EvaluationPooling(self, agreed, in: task)
    let sums = try await pooling.sums(scored, count: scored.count)
    let alone = Dictionary(
      uniqueKeysWithValues: zip(shared, sums.suffix(shared.count)).map {
        ($0.0.text, $1.metrics())
      })
    let report = EvaluationReport(
      party: task.party, form: rows.federated.form, classes: rows.classes, threshold: threshold,
      own: .init(
        federated: rows.federated.sums.metrics(exact: rows.federated.curve),
        local: rows.local.map { $0.sums.metrics(exact: $0.curve) }),
      pooled: .init(
        federated: sums[0].metrics(), local: rows.local == nil ? nil : sums[1].metrics()),
      baselines: alone.isEmpty ? nil : alone
    ).keeping(reported)
    tell(report, in: task)
    try await task.write(report, to: metrics)
  }

  private func evaluateAlone(in task: some TaskContext) async throws {
    let rows = try await EvaluationRows(self, in: task)
    let report = EvaluationReport(
      party: task.party, form: rows.federated.form, classes: rows.classes, threshold: threshold,
      own: .init(
        federated: rows.federated.sums.metrics(exact: rows.federated.curve),
        local: rows.local.map { $0.sums.metrics(exact: $0.curve) }), pooled: nil, baselines: nil
    ).keeping(reported)
    tell(report, in: task)
    try await task.write(report, to: metrics)
  }

  private func tell(_ report: EvaluationReport, in task: some TaskContext) {
    var values = report.own.federated.values.reduce(into: [:]) { $0["own_\($1.key)"] = $1.value }
    for (name, value) in report.own.local?.values ?? [:] { values["own_local_\(name)"] = value }
    let alone = report.baselines?[task.party.text]
    for (name, value) in alone?.values ?? [:] { values["alone_\(name)"] = value }
    if task.party == task.clients.first, let pooled = report.pooled {
      for (name, value) in pooled.federated.values { values["pooled_\(name)"] = value }
      for (name, value) in pooled.local?.values ?? [:] {
        values["pooled_local_\(name)"] = value
      }
    }
    task.report(.metrics(step: 0, values: values))
  }
}

/// The sums of one evaluation.
private struct EvaluationPooling<Member: TaskContext> {
  private let form: EvaluationReport.Form
  private let classes: Int
  private var pool: Pool<Member>
  /// How many models' sums go out in one, so that a message stays at some megabytes.
  private var group: Int { max(1, min(16, (1 << 19) / width)) }
  /// Values of one model's sums.
  private var width: Int { EvaluationSums.count(form, classes: classes) }

  init(_ evaluator: Evaluator, _ agreed: SetupMessage.Agreed, in task: Member) async throws {
    classes = agreed.classes.count
    form =
      if evaluator.prediction != nil, evaluator.predictionForm == .regression {
        .regression
      } else if classes == 2 { .binary } else { .multi }
    pool = try await Pool(evaluator.protection, in: task)
  }

  /// The sums over all parties' rows of what several models make of them.
  ///
  /// Divided by 2ᵏ, where 2ᵏ is at least the pooled row count, so that every slot stays small.
  /// - Parameters:
  ///   - scored: the same rows, by each model; nil at the arbiter.
  ///   - count: how many models; at least 1.
  mutating func sums(_ scored: [ScoredRows]?, count: Int) async throws -> [EvaluationSums] {
    let total = try await pool.sumCounts(
      scored.map { [$0[0].labels.count] }, count: 1, name: "rows")
    guard total[0] > 0 else {
      throw Failure("no-rows", "evaluation needs rows, but all parties together have none")
    }
    var scale = 1.0
    while scale < Double(total[0]) { scale *= 2 }
    var sums: [EvaluationSums] = []
    for first in stride(from: 0, to: count, by: group) {
      let models = first..<min(first + group, count)
      sums += try await groupSums(scored.map { $0[models] }, models, scale)
    }
    return sums
  }

  private mutating func groupSums(
    _ scored: ArraySlice<ScoredRows>?, _ models: Range<Int>, _ scale: Double
  ) async throws -> [EvaluationSums] {
    let width = width
    let vector = try await pool.sumReals(
      scored.map { $0.flatMap { $0.sums.vector.map { $0 / scale } } },
      count: width * models.count, name: "metrics \(models.lowerBound + 1)")
    return try stride(from: 0, to: vector.count, by: width).map { start in
      let values = vector[start..<start + width].map { $0 * scale }
      guard let sums = EvaluationSums(form, values) else {
        throw Failure("protocol-violation", "the summed metrics are no sums of metrics")
      }
      return sums
    }
  }
}

/// A baseline on its way to the other clients.
private struct BaselineMessage: WireMessage {
  let json: [UInt8]

  init(json: [UInt8]) { self.json = json }
  init(from reader: inout ByteReader) throws(WireError) { json = try reader.byteArray() }
  func encode(into writer: inout ByteWriter) { writer.write(json) }
}

/// A party's rows as the federated model and the baseline score them.
private struct EvaluationRows {
  let classes: [String]
  let fingerprint: String
  let federated: ScoredRows
  let local: ScoredRows?
  private var baseline: LogisticModel?
  private let score: @Sendable (LogisticModel) throws(Failure) -> ScoredRows

  /// Shows the other clients the own baseline, and scores those of all on the own rows.
  func exchange(in task: some TaskContext) async throws -> [(PartyID, ScoredRows)] {
    guard let baseline else { return [] }
    let message = BaselineMessage(json: Array(try baseline.readableJSON()))
    for client in task.clients where client != task.party {
      try await task.send(message, to: client)
    }
    var all: [(PartyID, ScoredRows)] = []
    for client in task.clients {
      if client == task.party {
        all.append((client, try score(baseline)))
        continue
      }
      let received = try await task.receive(BaselineMessage.self, from: client)
      do {
        all.append((client, try score(try LogisticModel(artifact: AlignedBytes(received.json)))))
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure(
          "protocol-violation", "\(client) sent a baseline that is no model", cause: "\(error)")
      }
    }
    return all
  }

  init(_ evaluator: Evaluator, in task: some TaskContext) async throws {
    let table = try await task.read(evaluator.data)
    if let column = evaluator.prediction {
      (classes, federated) = try Self.predicted(evaluator, table, column, party: task.party)
      fingerprint = ""
      local = nil
      let own = federated
      score = { _ in own }
      return
    }
    guard let input = evaluator.model else {
      throw Failure(
        "model-missing", "an evaluator needs a model, or the name of a column of predictions",
        hint: "inputs: {model: homo_lr_0.model}, or parameters: {prediction: probability}")
    }
    let model = try await task.read(input)
    let labels = try ClassLabels(table, port: evaluator.data.port, party: task.party)
    let indices = try labels.indices(in: model.classes, party: task.party)
    let (party, workers, port) = (task.party, task.workers, evaluator.data.port)
    let score: @Sendable (LogisticModel) throws(Failure) -> ScoredRows = {
      (scored) throws(Failure) in
      guard scored.classes == model.classes else {
        throw Failure(
          "model-classes", "a baseline must know the classes of the model, but does not")
      }
      return ScoredRows(
        form: scored.isBinary ? .binary : .multi,
        scores: try scored.scores(
          table, port: port, applyScaling: evaluator.applyScaling, party: party, workers: workers),
        labels: indices, weights: table.weights(), classes: scored.classes.count,
        threshold: evaluator.threshold)
    }
    self.score = score
    classes = model.classes
    fingerprint = try model.fingerprint
    federated = try score(model)
    if let input = evaluator.baseline {
      let own = try await task.read(input)
      baseline = own
      local = try score(own)
    } else {
      local = nil
    }
  }

  private static func predicted(
    _ evaluator: Evaluator, _ table: Table, _ column: String, party: PartyID
  ) throws(Failure) -> ([String], ScoredRows) {
    guard let scores = table.numericColumn(named: column) else {
      throw Failure(
        "prediction-missing",
        "'\(evaluator.data.port)' at \(party) has no numeric column '\(column)'",
        hint: "columns are \(table.numericFeatures.prefix(12).joined(separator: ", "))")
    }
    if evaluator.predictionForm == .regression {
      guard let labels = table.labels() else {
        throw Failure(
          "label-missing", "the rows of '\(evaluator.data.port)' at \(party) have no label")
      }
      return (
        ["value", "prediction"],
        ScoredRows(
          form: .regression, scores: scores, labels: labels, weights: table.weights(), classes: 0,
          threshold: 0)
      )
    }
    let labels = try ClassLabels(table, port: evaluator.data.port, party: party)
    let classes = labels.names.sorted()
    return (
      classes,
      ScoredRows(
        form: .binary, scores: scores, labels: try labels.indices(in: classes, party: party),
        weights: table.weights(), classes: 2, threshold: evaluator.threshold)
    )
  }
}
