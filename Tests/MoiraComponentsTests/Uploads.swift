import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraProtocols
import MoiraTable

@testable import MoiraComponents

/// A federation with rows and keys, and what an onlooker at the arbiter sees of it.
struct TrainingBench {
  let bench: PartBench
  var inputs: [PartyID: PartBench.Outputs]

  init(
    _ rows: PooledRows, method: String = "none", clients: Int = 3
  ) async throws {
    bench = PartBench(clients: clients)
    inputs = try await bench.run(Encryptor.self, [("method", .string(method))])
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
  }

  func train(_ parameters: [(String, ConfigValue)]) async throws -> LogisticModel {
    let outputs = try await bench.run(HomoLR.self, parameters, inputs: inputs)
    let models = try bench.clients.map {
      try bench.get(LogisticModel.self, outputs[$0]?["model"], at: $0)
    }
    guard models.allSatisfy({ $0.parameters == models[0].parameters }) else {
      throw Failure("models-differ", "all clients must end with the same model")
    }
    return models[0]
  }

  func failure(_ parameters: [(String, ConfigValue)]) async -> Failure? {
    await bench.failure(HomoLR.self, parameters, inputs: inputs)
  }

  /// The words that went to the hub for a sum, by round and client.
  func uploads(_ name: String) async -> [Int: [PartyID: [UInt64]]] {
    var found: [Int: [PartyID: [UInt64]]] = [:]
    for message in await bench.mail.sent where message.to == "hub" {
      if case .upload(let header, let words)? = try? PlainSumMessage(wireBytes: message.bytes),
        header.tensor == name
      {
        found[header.round, default: [:]][message.from] = words
      }
      if case .upload(let header, let words, _, _)? = try? SecureSumMessage(
        wireBytes: message.bytes),
        header.tensor == name
      {
        found[header.round, default: [:]][message.from] = words
      }
    }
    return found
  }

  /// The words that the hub sent for a sum, by round and client.
  func totals(_ name: String) async -> [Int: [PartyID: [UInt64]]] {
    var found: [Int: [PartyID: [UInt64]]] = [:]
    for message in await bench.mail.sent where message.from == "hub" {
      if case .total(let header, let words)? = try? PlainSumMessage(wireBytes: message.bytes),
        header.tensor == name
      {
        found[header.round, default: [:]][message.to] = words
      }
      if case .total(let header, _, let words, _)? = try? SecureSumMessage(
        wireBytes: message.bytes), header.tensor == name
      {
        found[header.round, default: [:]][message.to] = words
      }
    }
    return found
  }
}

/// A group of parameters with some of them changed.
func group(
  _ defaults: some ParameterGroupValue, _ changes: [String: ConfigValue]
) -> ConfigValue {
  guard case .map(let entries) = defaults.parameter else { return .null }
  return .map(entries.map { ($0.key, changes[$0.key] ?? $0.value) })
}

func privacy(_ unit: String, _ changes: [String: ConfigValue]) -> (String, ConfigValue) {
  (
    "privacy",
    group(PrivacyParameters(), changes.merging(["unit": .string(unit)]) { left, _ in left })
  )
}

let plainDescent: (String, ConfigValue) = (
  "optimizer", group(OptimizerParameters(), ["method": .string("sgd")])
)
