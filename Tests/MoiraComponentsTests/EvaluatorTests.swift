import MoiraConfig
import MoiraKit
import MoiraMath
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("evaluator and predictor")
struct EvaluatorTests {
  private let rows = PooledRows(seed: 21, count: 200)
  private let weights = [0.8, -0.6, 0.3, 0.1]

  private var model: LogisticModel {
    LogisticModel(
      features: (0..<4).map { "x\($0)" }, labelName: "y", classes: ["0", "1"], weights: [weights],
      intercepts: [0.2], scaling: nil, hyperParameters: [:], history: [], keptRound: 1, rows: 1)
  }

  private func inputs(_ bench: PartBench) throws -> [PartyID: PartBench.Outputs] {
    var inputs: [PartyID: PartBench.Outputs] = [:]
    for (place, party) in bench.clients.enumerated() {
      inputs[party] = [
        "data": try bench.put(rows.table(of: place), port: "data", at: party),
        "model": try bench.put(model, port: "model", at: party),
      ]
    }
    return inputs
  }

  /// Probabilities by the definition, over all rows in one place.
  private var scores: [Double] {
    rows.rows.map { row in
      let score = zip(row, weights).reduce(0.2) { $0 + $1.0 * $1.1 }
      return 0.5 * (1 + tanh(score / 2))
    }
  }

  /// (e²ˣ − 1)/(e²ˣ + 1) by its continued fraction.
  private func tanh(_ x: Double) -> Double {
    var fraction = 0.0
    for n in stride(from: 61, through: 1, by: -2) { fraction = x * x / (Double(n) + fraction) }
    return x == 0 ? 0 : fraction / x
  }

  @Test("pooled metrics are those of the pooled rows, AUC within its stated error")
  func pooled() async throws {
    let bench = PartBench(clients: 3)
    let outputs = try await bench.run(
      Evaluator.self, [("threshold", .double(0.5))], inputs: inputs(bench))
    let report = try bench.get(
      EvaluationReport.self, outputs["hospital-b"]?["metrics"], at: "hospital-b")
    let pairs = zip(scores, rows.labels).map { (score: $0, label: $1) }
    let right = pairs.filter { ($0.score >= 0.5) == ($0.label == 1) }.count
    let values = report.pooled!.federated.values
    #expect(abs(values["accuracy"]! - Double(right) / 200) < 1e-9)
    let positives = pairs.filter { $0.label == 1 }
    let negatives = pairs.filter { $0.label == 0 }
    var wins = 0.0
    for one in positives {
      for other in negatives {
        wins += one.score > other.score ? 1 : one.score == other.score ? 0.5 : 0
      }
    }
    let auc = wins / Double(positives.count * negatives.count)
    let bound = report.pooled!.federated.errors["auc"]!
    #expect(abs(values["auc"]! - auc) <= bound + 1e-9)
    #expect(bound < 0.01)
    #expect(values["rows"].map { abs($0 - 200) < 1e-6 } == true)
    #expect(report.pooled!.federated.confusion.joined().reduce(0, +) > 199.9)
  }

  @Test("only the metrics that are named are reported, with the values that they have among all")
  func reported() async throws {
    let bench = PartBench(clients: 3)
    func report(_ names: [String]) async throws -> EvaluationReport {
      let outputs = try await bench.run(
        Evaluator.self, [("reported", .list(names.map { .string($0) }))], inputs: inputs(bench))
      return try bench.get(
        EvaluationReport.self, outputs["hospital-b"]?["metrics"], at: "hospital-b")
    }
    let (all, few) = (try await report([]), try await report(["auc", "f1", "best_f1", "lift"]))
    let wanted: Set = [
      "auc", "f1", "best_f1", "best_f1_threshold", "best_f1_accuracy", "best_f1_precision",
      "best_f1_recall", "rows",
    ]
    for (whole, part) in [(all.own, few.own), (all.pooled!, few.pooled!)] {
      #expect(Set(part.federated.values.keys) == wanted)
      #expect(Set(whole.federated.values.keys).isStrictSuperset(of: wanted))
      for (name, value) in part.federated.values {
        #expect(abs(value - whole.federated.values[name]!) < 1e-9)
      }
      #expect(part.federated.confusion.isEmpty && !whole.federated.confusion.isEmpty)
      #expect(part.federated.curves?.roc.isEmpty == true)
      #expect(part.federated.curves?.lift.isEmpty == false)
    }
    #expect(few.pooled!.federated.errors.keys.sorted() == ["auc"])
    #expect(try await report(["ks"]).own.federated.curves == nil)
  }

  @Test("what is told of the best threshold is what it gives on the party's own rows")
  func bestThreshold() async throws {
    let bench = PartBench(clients: 3)
    let outputs = try await bench.run(Evaluator.self, inputs: inputs(bench))
    let report = try bench.get(
      EvaluationReport.self, outputs["hospital-a"]?["metrics"], at: "hospital-a")
    let values = report.own.federated.values
    let threshold = try #require(values["best_f1_threshold"])
    let own = rows.owners.indices.filter { rows.owners[$0] == 0 }
    func f1(at threshold: Double) -> (precision: Double, recall: Double, f1: Double) {
      let told = own.filter { scores[$0] >= threshold }
      let hits = Double(told.count { rows.labels[$0] == 1 })
      let all = Double(own.count { rows.labels[$0] == 1 })
      let precision = told.isEmpty ? 0 : hits / Double(told.count)
      return (precision, hits / all, 2 * hits / (Double(told.count) + all))
    }
    // A hair below the threshold, for the scores here are computed in another way.
    let best = f1(at: threshold - 1e-12)
    #expect(abs(best.f1 - values["best_f1"]!) < 1e-12)
    #expect(abs(best.precision - values["best_f1_precision"]!) < 1e-12)
    #expect(abs(best.recall - values["best_f1_recall"]!) < 1e-12)
    #expect(own.allSatisfy { f1(at: scores[$0]).f1 <= best.f1 + 1e-12 })
  }

  @Test("nobody but the party learns its own metrics")
  func ownStaysOwn() async throws {
    let bench = PartBench(clients: 3)
    let outputs = try await bench.run(Evaluator.self, inputs: inputs(bench))
    let reports = try bench.clients.map {
      try bench.get(EvaluationReport.self, outputs[$0]?["metrics"], at: $0)
    }
    #expect(Set(reports.map(\.pooled!.federated.values)).count == 1)
    #expect(Set(reports.map(\.own.federated.values)).count == 3)
    #expect(outputs["hub"]?.isEmpty == true)
  }

  @Test("a model that differs between parties is refused")
  func otherModel() async throws {
    let bench = PartBench(clients: 3)
    var inputs = try inputs(bench)
    var other = model
    other.intercepts = [0.3]
    inputs["hospital-c"]?["model"] = try bench.put(other, port: "model", at: "hospital-c")
    let failure = await bench.failure(Evaluator.self, inputs: inputs)
    #expect(failure?.code == "start-mismatch")
  }

  @Test("predictions have id, label, probability and class of each row")
  func predictions() async throws {
    let bench = PartBench(clients: 3, arbiter: false)
    let outputs = try await bench.run(Predictor.self, inputs: inputs(bench))
    let table = try bench.get(Table.self, outputs["hospital-a"]?["predictions"], at: "hospital-a")
    let own = rows.owners.indices.filter { rows.owners[$0] == 0 }
    #expect(table.rows == own.count)
    let probabilities = try #require(table.numericColumn(named: "probability"))
    for (place, row) in own.enumerated() {
      #expect(table.id(at: place) == "p\(row)")
      #expect(abs(probabilities[place] - scores[row]) < 1e-12)
      #expect(table.categoricalCodes(0)[place] == (scores[row] >= 0.5 ? 1 : 0))
    }
  }

  /// Tables with a label and a column of predictions, and both pooled.
  private func predicted(_ bench: PartBench, binary: Bool) throws -> (
    inputs: [PartyID: PartBench.Outputs], labels: [Double], predictions: [Double]
  ) {
    var generator = SeededGenerator(seed: 5)
    var (inputs, labels, predictions): ([PartyID: PartBench.Outputs], [Double], [Double]) = (
      [:], [], []
    )
    for (place, party) in bench.clients.enumerated() {
      let count = 20 + 7 * place
      let own = (0..<count).map { _ in
        binary ? (generator.unit() < 0.5 ? 0 : 1) : generator.unit() * 9
      }
      let told = own.map {
        binary ? 0.3 * $0 + 0.6 * generator.unit() : $0 + generator.unit() - 0.3
      }
      var builder = TableBuilder(rows: count)
      builder.setLabel("y", own)
      builder.addNumeric("prediction", told)
      inputs[party] = ["data": try bench.put(Table(builder.build()), port: "data", at: party)]
      labels += own
      predictions += told
    }
    return (inputs, labels, predictions)
  }

  @Test("regression metrics are those of the pooled rows")
  func regression() async throws {
    let bench = PartBench(clients: 3)
    let (inputs, labels, predictions) = try predicted(bench, binary: false)
    let outputs = try await bench.run(
      Evaluator.self,
      [("prediction", .string("prediction")), ("prediction_form", .string("regression"))],
      inputs: inputs)
    let report = try bench.get(
      EvaluationReport.self, outputs["hospital-c"]?["metrics"], at: "hospital-c")
    let errors = zip(predictions, labels).map { $0 - $1 }
    let mse = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
    let mean = labels.reduce(0, +) / Double(labels.count)
    let spread = labels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(labels.count)
    let values = report.pooled!.federated.values
    #expect(abs(values["mse"]! - mse) < 1e-8)
    #expect(abs(values["rmse"]! - mse.squareRoot()) < 1e-8)
    #expect(abs(values["mae"]! - errors.reduce(0) { $0 + abs($1) } / Double(errors.count)) < 1e-8)
    #expect(abs(values["r2"]! - (1 - mse / spread)) < 1e-7)
  }

  @Test("a column of probabilities is evaluated like a model's")
  func probabilities() async throws {
    let bench = PartBench(clients: 3)
    let (inputs, labels, predictions) = try predicted(bench, binary: true)
    let outputs = try await bench.run(
      Evaluator.self, [("prediction", .string("prediction"))], inputs: inputs)
    let report = try bench.get(
      EvaluationReport.self, outputs["hospital-a"]?["metrics"], at: "hospital-a")
    let right = zip(predictions, labels).filter { ($0 >= 0.5) == ($1 == 1) }.count
    #expect(
      abs(report.pooled!.federated.values["accuracy"]! - Double(right) / Double(labels.count))
        < 1e-9
    )
  }

  @Test("shared baselines are scored on the rows of all, and only where they are asked for")
  func sharedBaselines() async throws {
    let bench = PartBench(clients: 3)
    var inputs = try inputs(bench)
    for (place, party) in bench.clients.enumerated() {
      var own = model
      own.weights = [weights.map { $0 + Double(place) - 1 }]
      inputs[party]?["baseline"] = try bench.put(own, port: "baseline", at: party)
    }
    let shared = try await bench.run(
      Evaluator.self, [("share_baselines", .bool(true))], inputs: inputs)
    let report = try bench.get(
      EvaluationReport.self, shared["hospital-b"]?["metrics"], at: "hospital-b")
    // The second party's own model is the federated one, so both score alike on all rows.
    let own = try #require(report.baselines?["hospital-b"]?.values["accuracy"])
    #expect(abs(own - report.pooled!.federated.values["accuracy"]!) < 1e-9)
    #expect(report.baselines?.count == 3)
    let alone = try await bench.run(Evaluator.self, inputs: inputs)
    let quiet = try bench.get(
      EvaluationReport.self, alone["hospital-b"]?["metrics"], at: "hospital-b")
    #expect(quiet.baselines == nil)
    #expect(quiet.pooled!.local != nil)
  }

  @Test("the baselines of many parties are summed in groups, and each is scored as it is")
  func manyBaselines() async throws {
    let rows = PooledRows(seed: 23, parties: 15, count: 150)
    let bench = PartBench(clients: 15)
    var inputs: [PartyID: PartBench.Outputs] = [:]
    func baseline(_ place: Int) -> LogisticModel {
      var own = model
      own.intercepts = [Double(place - 7) / 4]
      return own
    }
    for (place, party) in bench.clients.enumerated() {
      inputs[party] = [
        "data": try bench.put(rows.table(of: place), port: "data", at: party),
        "model": try bench.put(model, port: "model", at: party),
        "baseline": try bench.put(baseline(place), port: "baseline", at: party),
      ]
    }
    let outputs = try await bench.run(
      Evaluator.self, [("share_baselines", .bool(true))], inputs: inputs)
    let report = try bench.get(
      EvaluationReport.self, outputs[bench.clients[14]]?["metrics"], at: bench.clients[14])
    for (place, party) in bench.clients.enumerated() {
      let intercept = Double(place - 7) / 4
      let right = zip(rows.rows, rows.labels).filter { row, label in
        (zip(row, weights).reduce(intercept) { $0 + $1.0 * $1.1 } >= 0) == (label == 1)
      }.count
      let found = try #require(report.baselines?[party.text]?.values["accuracy"])
      #expect(abs(found - Double(right) / 150) < 1e-9)
    }
    let sums = await sums(of: bench)
    #expect(sums == ["rows": 1, "metrics 1": 1, "metrics 17": 1])
  }
}
