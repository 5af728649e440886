import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraProtocols
import Testing

@testable import MoiraComponents

@Suite("homo_lr with robust rules")
struct RobustTrainingTests {
  private func rule(_ method: String, byzantine: Int = 1) -> (String, ConfigValue) {
    (
      "aggregation_rule",
      group(
        RuleParameters(),
        ["method": .string(method), "byzantine": .int(byzantine), "trim": .double(0.25)])
    )
  }

  private let common: [(String, ConfigValue)] = [
    ("epochs", .int(60)), ("learning_rate", .double(0.5)), plainDescent,
    ("local_baseline", .bool(false)), ("alpha", .double(0.05)),
  ]

  /// hospital-e sends what it likes: an update of 4000 in each value, against the others'.
  private func attack(_ bench: TrainingBench) async {
    await bench.bench.mail.setTamper { from, _, bytes in
      guard from == "hospital-e" else { return bytes }
      let lie = { (words: [UInt64]) in
        words.enumerated().map { $0.offset < 5 ? UInt64(bitPattern: -4000 << 40) : $0.element }
      }
      if case .upload(let header, let words)? = try? GatherMessage(wireBytes: bytes) {
        return GatherMessage.upload(header, words: lie(words)).wireBytes
      }
      if case .upload(let header, let words)? = try? PlainSumMessage(wireBytes: bytes),
        header.tensor == "model" || header.tensor == "gradient"
      {
        return PlainSumMessage.upload(header, words: lie(words)).wireBytes
      }
      return bytes
    }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  @Test(
    "one false party of five ruins the mean, and no robust rule",
    arguments: ["median", "trimmed_mean", "krum"], ["model", "gradient"])
  func byzantine(method: String, aggregation: String) async throws {
    let rows = PooledRows(seed: 91, parties: 5, count: 600)
    let optimum = rows.optimum(alpha: 0.05)
    let kind = [("aggregation", ConfigValue.string(aggregation))]
    let bench = try await TrainingBench(rows, clients: 5)
    await attack(bench)
    let model = try await bench.train(common + kind + [rule(method)])
    // Parties differ from one another by up to 0.8 in each feature's mean: no rule but the mean
    // finds the pooled optimum itself.
    #expect(distance(model.parameters, optimum) < 1)
    let naive = try await TrainingBench(rows, clients: 5)
    await attack(naive)
    let ruined = try? await naive.train(common + kind + [("weighting", .string("equal"))])
    if let ruined { #expect(distance(ruined.parameters, optimum) > 100) }
  }

  @Test("without attackers the median of equal parties is what each would send")
  func equalParties() async throws {
    var rows = PooledRows(seed: 92, parties: 1, count: 40)
    let own = rows
    for party in 1..<3 {
      rows.rows += own.rows
      rows.labels += own.labels
      rows.owners += own.owners.map { _ in party }
    }
    let robust = try await TrainingBench(rows).train(common + [rule("median")])
    let mean = try await TrainingBench(rows).train(common)
    #expect(distance(robust.parameters, mean.parameters) < 1e-9)
  }

  @Test(
    "masks and shares hide what the rules need, and are refused by name",
    arguments: ["secure_aggregation", "secret_sharing"])
  func hidden(method: String) async throws {
    let bench = try await TrainingBench(PooledRows(seed: 93), method: method)
    let failure = await bench.failure(common + [rule("median")])
    #expect(failure?.code == "updates-hidden")
    #expect(
      failure?.message
        == "'aggregation_rule: median' needs to see each party's update, but the protection of 'task_0' shows only their sum"
    )
    #expect(await bench.uploads("model").isEmpty)
  }

  @Test("Krum says how many parties it needs")
  func tooFew() async throws {
    let failure = await (try TrainingBench(PooledRows(seed: 94))).failure(common + [rule("krum")])
    #expect(failure?.code == "robust-parties")
    #expect(
      failure?.message
        == "'aggregation_rule: krum' needs at least 5 parties with rows, but 3 take part")
  }

  @Test(
    "clip_update bounds what a party can add, with any protection, and says how often it did",
    arguments: ["none", "secure_aggregation", "secret_sharing"])
  func clipped(method: String) async throws {
    let bench = try await TrainingBench(PooledRows(seed: 95), method: method)
    let model = try await bench.train([
      ("clip_update", .double(0.01)), ("epochs", .int(10)), ("learning_rate", .double(5)),
      plainDescent, ("local_baseline", .bool(false)),
    ])
    let moves = model.history.map(\.weightChange)
    #expect(moves.allSatisfy { $0 <= 0.01 + 1e-9 })
    #expect((moves.max() ?? 0) > 0.005)
    #expect(bench.bench.logs.contains(.log(.notice, "30 updates were shortened to 'clip_update'")))
  }
}
