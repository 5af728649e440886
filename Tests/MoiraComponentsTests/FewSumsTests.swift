import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraProtocols
import MoiraTable
import Testing

@testable import MoiraComponents

/// A sum costs every party several messages there and back, so tasks make few of them.
@Suite("Tasks make few sums")
struct FewSumsTests {
  private func trained(
    _ parameters: [(String, ConfigValue)], epochs: Int, seed: UInt64
  ) async throws -> (model: LogisticModel, sums: [String: Int]) {
    let rows = PooledRows(seed: seed)
    var training = try await TrainingBench(rows)
    for (place, party) in training.bench.clients.enumerated() {
      training.inputs[party]?["validate_data"] = try training.bench.put(
        PooledRows(seed: seed + 100).table(of: place), port: "validate_data", at: party)
    }
    let model = try await training.train(parameters + [("epochs", .int(epochs)), plainDescent])
    return (model, await sums(of: training.bench))
  }

  /// `early_stop` with a bound that nothing falls below: the measurement is asked for at once.
  private static let atOnce: [(String, ConfigValue)] = [
    ("early_stop", .string("weight_diff")), ("tol", .double(1e-300)),
  ]

  @Test(
    "what is measured along with the next round's updates is what a sum of its own finds",
    arguments: ["model", "gradient"], [1, 3])
  func sameHistory(aggregation: String, every: Int) async throws {
    for seed in [71, 72] as [UInt64] {
      let parameters: [(String, ConfigValue)] = [
        ("aggregation", .string(aggregation)), ("evaluate_every", .int(every)),
        ("batch_size", .int(16)), ("learning_rate", .double(0.4)),
      ]
      let along = try await trained(parameters, epochs: 8, seed: seed)
      let apart = try await trained(parameters + Self.atOnce, epochs: 8, seed: seed)
      #expect(along.model.history == apart.model.history)
      #expect(along.model.history.count { $0.validateAuc != nil } == (every == 1 ? 8 : 3))
      #expect(along.model.keptRound == apart.model.keptRound)
      #expect(along.model.parameters == apart.model.parameters)
      #expect(along.sums["measurement"] == 1)
      #expect(apart.sums["measurement"] == (every == 1 ? 8 : 3))
      #expect(along.sums[aggregation] == apart.sums[aggregation])
    }
  }

  @Test("training makes one sum a round, one before and one after")
  func training() async throws {
    let found = try await trained([], epochs: 6, seed: 73)
    #expect(found.sums == ["rows": 1, "model": 6, "measurement": 1])
  }

  @Test("standard scaling makes five sums, and two of them for the magnitudes")
  func scaling() async throws {
    var training = try await TrainingBench(PooledRows(seed: 74))
    for (party, inputs) in training.inputs {
      training.inputs[party]?["data"] = inputs["train_data"]
    }
    _ = try await training.bench.run(FeatureScale.self, inputs: training.inputs)
    #expect(
      await sums(of: training.bench) == [
        "exponents/0": 1, "exponents/1": 1, "spread/0": 1, "spread/1": 1, "spread/2": 1,
      ])
  }
}

/// How many sums there were of each name, by the uploads of the first client.
func sums(of bench: PartBench) async -> [String: Int] {
  var sums: [String: Int] = [:]
  for message in await bench.mail.sent where message.from == bench.clients[0] {
    if case .upload(let header, _)? = try? PlainSumMessage(wireBytes: message.bytes) {
      sums[header.tensor, default: 0] += 1
    } else if case .upload(let header, _, _, _)? = try? SecureSumMessage(wireBytes: message.bytes) {
      sums[header.tensor, default: 0] += 1
    }
  }
  return sums
}
