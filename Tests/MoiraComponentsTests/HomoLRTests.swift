import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("homo_lr")
struct HomoLRTests {
  /// A bench with the rows at their parties, and keys of the given method.
  private func bench(
    _ rows: PooledRows, method: String = "secure_aggregation", clients: Int = 3
  ) async throws -> (bench: PartBench, inputs: [PartyID: PartBench.Outputs]) {
    let bench = PartBench(clients: clients)
    let keys = try await bench.run(Encryptor.self, [("method", .string(method))])
    var inputs: [PartyID: PartBench.Outputs] = keys
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
    return (bench, inputs)
  }

  private func models(
    _ rows: PooledRows, _ parameters: [(String, ConfigValue)], method: String = "secure_aggregation"
  ) async throws -> [LogisticModel] {
    let (bench, inputs) = try await bench(rows, method: method)
    let outputs = try await bench.run(HomoLR.self, parameters, inputs: inputs)
    return try bench.clients.map {
      try bench.get(LogisticModel.self, outputs[$0]?["model"], at: $0)
    }
  }

  private func optimizer(_ method: String, momentum: Double? = nil) -> ConfigValue {
    var parameters = OptimizerParameters().parameter
    if case .map(var entries) = parameters {
      for place in entries.indices {
        if entries[place].key == "method" { entries[place].value = .string(method) }
        if entries[place].key == "momentum", let momentum {
          entries[place].value = .double(momentum)
        }
      }
      parameters = .map(entries)
    }
    return parameters
  }

  @Test(
    "reaches the optimum of the pooled rows when gradients are aggregated", arguments: [1, 2, 3])
  func optimum(seed: UInt64) async throws {
    let rows = PooledRows(seed: seed)
    let models = try await models(
      rows,
      [
        ("aggregation", .string("gradient")), ("epochs", .int(600)),
        ("learning_rate", .double(0.5)),
        ("optimizer", optimizer("nesterov", momentum: 0.9)), ("alpha", .double(0.05)),
        ("evaluate_every", .int(600)), ("local_baseline", .bool(false)),
      ])
    let reference = rows.optimum(alpha: 0.05)
    for (ours, theirs) in zip(models[0].parameters, reference) {
      #expect(abs(ours - theirs) < 1e-6)
    }
    #expect(models.allSatisfy { $0.parameters == models[0].parameters })
  }

  @Test("reaches the optimum of the pooled rows with three classes")
  func multiClassOptimum() async throws {
    let rows = PooledRows(seed: 9, classes: 3)
    let models = try await models(
      rows,
      [
        ("aggregation", .string("gradient")), ("epochs", .int(600)),
        ("learning_rate", .double(0.5)),
        ("optimizer", optimizer("nesterov", momentum: 0.9)), ("alpha", .double(0.05)),
        ("evaluate_every", .int(600)), ("local_baseline", .bool(false)),
      ])
    #expect(models[0].classes == ["0", "1", "2"])
    for slope in rows.gradient(models[0].parameters, alpha: 0.05, classes: 3) {
      #expect(abs(slope) < 1e-7)
    }
  }

  @Test("averaging models after one full step each is one step on the pooled rows")
  func oneStep() async throws {
    let rows = PooledRows(seed: 4)
    let models = try await models(
      rows,
      [
        ("epochs", .int(10)), ("learning_rate", .double(0.3)), ("optimizer", optimizer("sgd")),
        ("alpha", .double(0.02)),
      ])
    var pooled = [Double](repeating: 0, count: rows.columns + 1)
    for _ in 0..<10 {
      let gradient = rows.gradient(pooled, alpha: 0.02)
      for place in pooled.indices { pooled[place] -= 0.3 * gradient[place] }
    }
    // Ten sums, each rounded to 2⁻⁴⁰ by three parties.
    for (ours, theirs) in zip(models[0].parameters, pooled) { #expect(abs(ours - theirs) < 1e-10) }
    #expect(models[0].rows == rows.rows.count)
    #expect(models[0].history.count == 10)
  }

  @Test(
    "training by masks or by shares gives the bytes of unmasked fixed-point training",
    arguments: ["model", "gradient"])
  func maskedEqualsUnmasked(aggregation: String) async throws {
    let rows = PooledRows(seed: 5)
    let parameters: [(String, ConfigValue)] = [
      ("aggregation", .string(aggregation)), ("epochs", .int(7)), ("batch_size", .int(16)),
    ]
    let masked = try await models(rows, parameters)
    let unmasked = try await models(rows, parameters, method: "none")
    let shared = try await models(rows, parameters, method: "secret_sharing")
    #expect(try masked[0].readableJSON() == unmasked[0].readableJSON())
    #expect(try shared[0].readableJSON() == unmasked[0].readableJSON())
  }

  @Test("the same seed gives the same bytes, another seed others")
  func seeds() async throws {
    let rows = PooledRows(seed: 6)
    func run(_ seed: Int) async throws -> [Double] {
      try await models(
        rows,
        [
          ("epochs", .int(3)), ("local_epochs", .int(2)), ("batch_size", .int(8)),
          ("seed", .int(seed)),
        ])[0].parameters
    }
    let first = try await run(1)
    #expect(try await run(1) == first)
    #expect(try await run(2) != first)
  }

  @Test("going on from a model is the same as having gone on")
  func warmStart() async throws {
    let rows = PooledRows(seed: 7)
    let common: [(String, ConfigValue)] = [
      ("learning_rate", .double(0.3)), ("optimizer", optimizer("sgd")), ("alpha", .double(0.01)),
    ]
    let whole = try await models(rows, common + [("epochs", .int(8))])[0]
    let (bench, inputs) = try await bench(rows)
    var later = inputs
    let half = try await bench.run(HomoLR.self, common + [("epochs", .int(4))], inputs: inputs)
    for party in bench.clients { later[party]?["warm_start"] = half[party]?["model"] }
    // Labels of sums are used once for each task; the second task needs keys of its own.
    let keys = try await bench.run(Encryptor.self)
    for party in bench.members.map(\.party) {
      later[party]?["protection"] = keys[party]?["protection"]
    }
    let outputs = try await bench.run(HomoLR.self, common + [("epochs", .int(4))], inputs: later)
    let model = try bench.get(
      LogisticModel.self, outputs["hospital-a"]?["model"], at: "hospital-a")
    #expect(model.parameters == whole.parameters)
  }

  @Test("Shamir's shares give the same model as additive ones")
  func shamir() async throws {
    let rows = PooledRows(seed: 14)
    let (bench, inputs) = try await bench(rows, method: "secret_sharing")
    var threshold = inputs
    let keys = try await bench.run(
      Encryptor.self, [("method", .string("secret_sharing")), ("threshold", .int(2))])
    for party in bench.members.map(\.party) {
      threshold[party]?["protection"] = keys[party]?["protection"]
    }
    let additive = try await bench.run(HomoLR.self, [("epochs", .int(3))], inputs: inputs)
    let shamir = try await bench.run(HomoLR.self, [("epochs", .int(3))], inputs: threshold)
    #expect(shamir["hospital-a"]?["model"]?.hash == additive["hospital-a"]?["model"]?.hash)
  }

  @Test("masks need three clients")
  func tooFew() async throws {
    let bench = PartBench(clients: 2)
    let failure = await bench.failure(Encryptor.self)
    #expect(failure?.code == "too-few-parties")
  }

  @Test("early stop ends all parties in the same round")
  func earlyStop() async throws {
    let models = try await models(
      PooledRows(seed: 8),
      [
        ("epochs", .int(500)), ("optimizer", optimizer("sgd")), ("learning_rate", .double(0.5)),
        ("early_stop", .string("diff")), ("tol", .double(1e-4)),
      ])
    #expect(models[0].history.count < 500)
    #expect(models.allSatisfy { $0.history.count == models[0].history.count })
    let losses = models[0].history.compactMap(\.trainLoss)
    #expect(abs(losses[losses.count - 1] - losses[losses.count - 2]) < 1e-4)
    #expect(abs(losses[losses.count - 2] - losses[losses.count - 3]) >= 1e-4)
  }

  @Test("the round of least validation loss is kept")
  func bestRound() async throws {
    let rows = PooledRows(seed: 10)
    let (bench, inputs) = try await bench(rows)
    var held = inputs
    let other = PooledRows(seed: 77, count: 40)
    for (place, party) in bench.clients.enumerated() {
      held[party]?["validate_data"] = try bench.put(
        other.table(of: place), port: "validate_data", at: party)
    }
    let outputs = try await bench.run(
      HomoLR.self,
      [
        ("epochs", .int(40)), ("learning_rate", .double(2)), ("penalty", .string("none")),
        ("optimizer", optimizer("adam")),
      ], inputs: held)
    let model = try bench.get(
      LogisticModel.self, outputs["hospital-b"]?["model"], at: "hospital-b")
    let losses = model.history.compactMap(\.validateLoss)
    #expect(losses.count == 40)
    #expect(losses[model.keptRound - 1] == losses.min())
  }

  @Test("the l1 penalty makes weights exactly zero, and spares the intercept")
  func sparse() async throws {
    let models = try await models(
      PooledRows(seed: 11),
      [
        ("aggregation", .string("gradient")), ("epochs", .int(300)),
        ("learning_rate", .double(0.5)),
        ("optimizer", optimizer("sgd")), ("penalty", .string("l1")), ("alpha", .double(1)),
      ])
    #expect(models[0].weights[0].allSatisfy { $0 == 0 })
    #expect(models[0].intercepts[0] != 0)
  }

  @Test("other columns at one party end the task with their name")
  func mismatch() async throws {
    let (bench, inputs) = try await bench(PooledRows(seed: 12))
    var wrong = inputs
    wrong["hospital-c"]?["train_data"] = try bench.put(
      PooledRows(seed: 12, columns: 3).table(of: 2), port: "train_data", at: "hospital-c")
    let failure = await bench.failure(HomoLR.self, inputs: wrong)
    #expect(failure?.code == "schema-mismatch")
    #expect(failure?.message.contains("'x3'") == true)
  }

  @Test("a row of weight 2 counts as the row twice")
  func rowWeights() async throws {
    let rows = PooledRows(seed: 13)
    let weighted = try await bench(rows)
    let doubled = try await bench(rows)
    var (weightedInputs, doubledInputs) = (weighted.inputs, doubled.inputs)
    for (place, party) in weighted.bench.clients.enumerated() {
      let own = rows.owners.indices.filter { rows.owners[$0] == place }
      let twice = own.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] }
      weightedInputs[party]?["train_data"] = try weighted.bench.put(
        table(rows, own, weights: own.map { $0 % 3 == 0 ? 2 : 1 }), port: "train_data", at: party)
      doubledInputs[party]?["train_data"] = try doubled.bench.put(
        table(rows, twice, weights: nil), port: "train_data", at: party)
    }
    let parameters: [(String, ConfigValue)] = [
      ("epochs", .int(15)), ("local_epochs", .int(2)), ("optimizer", optimizer("sgd")),
    ]
    let one = try await weighted.bench.run(HomoLR.self, parameters, inputs: weightedInputs)
    let other = try await doubled.bench.run(HomoLR.self, parameters, inputs: doubledInputs)
    let first = try weighted.bench.get(
      LogisticModel.self, one["hospital-a"]?["model"], at: "hospital-a")
    let second = try doubled.bench.get(
      LogisticModel.self, other["hospital-a"]?["model"], at: "hospital-a")
    for (ours, theirs) in zip(first.parameters, second.parameters) {
      #expect(abs(ours - theirs) < 1e-9)
    }
  }

  private func table(_ rows: PooledRows, _ chosen: [Int], weights: [Double]?) throws -> Table {
    var builder = TableBuilder(rows: chosen.count)
    builder.setLabel("y", chosen.map { rows.labels[$0] })
    if let weights { builder.setWeight("w", weights) }
    for column in 0..<rows.columns {
      builder.addNumeric("x\(column)", chosen.map { rows.rows[$0][column] })
    }
    return try Table(builder.build())
  }
}
