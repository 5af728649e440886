import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraPrivacy
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("homo_lr with privacy")
struct PrivacyTests {
  private func privacy(_ changes: [String: ConfigValue]) -> ConfigValue {
    guard case .map(let entries) = PrivacyParameters().parameter else { return .null }
    return .map(entries.map { ($0.key, changes[$0.key] ?? $0.value) })
  }

  private func train(
    _ rows: PooledRows, _ parameters: [(String, ConfigValue)], validate: Bool = false
  ) async throws -> LogisticModel {
    let bench = PartBench(clients: 3)
    var inputs: [PartyID: PartBench.Outputs] = [:]
    for (place, party) in bench.clients.enumerated() {
      let table = try rows.table(of: place)
      inputs[party] = ["train_data": try bench.put(table, port: "train_data", at: party)]
      if validate {
        inputs[party]?["validate_data"] = try bench.put(table, port: "validate_data", at: party)
      }
    }
    let outputs = try await bench.run(HomoLR.self, parameters, inputs: inputs)
    return try bench.get(LogisticModel.self, outputs["hospital-a"]?["model"], at: "hospital-a")
  }

  @Test(
    "epsilon of every round is what the accountant says of the steps taken",
    arguments: ["model", "gradient"])
  func epsilon(aggregation: String) async throws {
    let model = try await train(
      PooledRows(seed: 31, count: 300),
      [
        ("privacy", privacy(["unit": .string("example"), "noise": .double(2)])),
        ("epochs", .int(5)), ("batch_size", .int(20)), ("aggregation", .string(aggregation)),
      ])
    // 20 rows a party and step out of 300: a fifth of all, so 5 steps a round.
    var accountant = RDPAccountant()
    let mechanism = try SubsampledGaussian(noiseMultiplier: 2, sampleRate: 0.2)
    for round in model.history {
      try accountant.add(mechanism, steps: 5)
      let expected = try accountant.epsilon(delta: 1e-5)
      #expect(try abs(#require(round.epsilon) - expected) < 1e-9 * expected)
      #expect(round.trainLoss == nil)
    }
    #expect(model.history.count == 5)
  }

  @Test("a budget ends the training at the last round that it affords")
  func budget() async throws {
    let parameters: (Double) -> [(String, ConfigValue)] = { epsilon in
      [
        (
          "privacy",
          self.privacy([
            "unit": .string("example"), "noise": .double(1.5), "epsilon": .double(epsilon),
          ])
        ), ("epochs", .int(1000)), ("batch_size", .int(20)), ("local_baseline", .bool(false)),
      ]
    }
    let model = try await train(PooledRows(seed: 32, count: 300), parameters(6))
    let last = try #require(model.history.last?.epsilon)
    #expect(model.history.count < 1000)
    #expect(last <= 6)
    var next = RDPAccountant()
    try next.add(
      SubsampledGaussian(noiseMultiplier: 1.5, sampleRate: 0.2),
      steps: 5 * (model.history.count + 1))
    #expect(try next.epsilon(delta: 1e-5) > 6)
    await #expect(throws: Failure.self) {
      _ = try await train(PooledRows(seed: 32, count: 300), parameters(0.01))
    }
  }

  @Test("noise is found from a wanted epsilon, and spends no more")
  func calibration() async throws {
    let model = try await train(
      PooledRows(seed: 33, count: 300),
      [
        ("privacy", privacy(["unit": .string("example"), "epsilon": .double(3)])),
        ("epochs", .int(10)), ("batch_size", .int(20)),
      ])
    let spent = try #require(model.history.last?.epsilon)
    #expect(model.history.count == 10)
    #expect(spent <= 3)
    #expect(spent > 2.9)
  }

  /// With σC = 0.001·C a coordinate's noise is beyond 7σ with probability 2.6·10⁻¹²; there are 5
  /// coordinates and 3 parties.
  @Test("one row moves the sum of a step by no more than the clip and the noise")
  func clipped() throws {
    let rows = PooledRows(seed: 34, count: 90)
    let settings = HomoLR()
    #expect(
      settings.bind(
        .map([
          (
            "privacy",
            privacy([
              "unit": .string("example"), "noise": .double(0.001), "clip": .double(0.25),
            ])
          )
        ])
      ).isEmpty)
    let ground = PrivacyPlan.Ground(
      totalRows: 90, clients: 3, leastSummed: 3, dimension: 5, gradientSteps: 1)
    let plan = try #require(try PrivacyPlan(settings, ground))
    let problem = LogisticProblem(columns: 4, classes: 2, fitIntercept: true)
    let table = try rows.table(of: 0)
    for row in 0..<table.rows {
      let one = try Table(table.selecting(rows: [row]))
      let rows = TrainingRows(one, labels: one.labels() ?? [])
      let made = try PrivateGradient(rows, problem, plan, party: "hospital-a", workers: .serial)
      var gradient = try #require(made)
      let sum = gradient.next([3, -2, 1, 0.5, 1])
      let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(length <= 0.25 + 7 * 0.001 * 0.25 * 5)
    }
  }

  /// All rows are in each step, so that two sums differ by two draws of the noise and nothing else.
  /// 500 numbers: their mean square lies within 6.11 · √(2/500) of the variance but for 10⁻⁹.
  @Test("each step's sum has fresh noise, as much as is accounted for")
  func noise() throws {
    let settings = HomoLR()
    let unit = privacy(["unit": .string("example"), "noise": .double(2), "clip": .double(0.5)])
    #expect(settings.bind(.map([("privacy", unit)])).isEmpty)
    let ground = PrivacyPlan.Ground(
      totalRows: 40, clients: 1, leastSummed: 1, dimension: 5, gradientSteps: 1)
    let plan = try #require(try PrivacyPlan(settings, ground))
    let table = try PooledRows(seed: 36, parties: 1, count: 40).table(of: 0)
    let made = try PrivateGradient(
      TrainingRows(table, labels: table.labels() ?? []),
      LogisticProblem(columns: 4, classes: 2, fitIntercept: true), plan, party: "hospital-a",
      workers: .serial)
    var gradient = try #require(made)
    var squares = 0.0
    for _ in 0..<100 {
      let (one, other) = (gradient.next([1, 0, 0, 0, 0]), gradient.next([1, 0, 0, 0, 0]))
      for (a, b) in zip(one, other) { squares += (a - b) * (a - b) / 2 }
    }
    #expect(abs(squares / 500 - 1) < 6.11 * (2.0 / 500).squareRoot())
  }

  @Test("validation rows are refused, since the loss would be told without noise")
  func validation() async {
    await #expect(throws: Failure.self) {
      _ = try await train(
        PooledRows(seed: 35),
        [("privacy", privacy(["unit": .string("example"), "noise": .double(1)]))], validate: true)
    }
  }

  @Test("parameters that contradict privacy are found before the run")
  func conflicts() {
    let component = HomoLR()
    #expect(
      component.bind(
        .map([
          ("privacy", privacy(["unit": .string("example")])), ("early_stop", .string("diff")),
        ])
      ).isEmpty)
    var findings = ParameterFindings()
    component.check(&findings)
    #expect(findings.all.map(\.parameter) == ["privacy", "early_stop"])
  }
}
