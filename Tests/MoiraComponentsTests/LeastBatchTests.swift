import MoiraConfig
import MoiraKit
import MoiraModel
import Testing

@testable import MoiraComponents

/// Hostile test 19: what one row's gradient gives away.
@Suite("homo_lr and batches of few rows")
struct LeastBatchTests {
  /// hospital-a has one row, the others have rows of weight 0: only it contributes to the sums.
  private func rows() -> PooledRows {
    var rows = PooledRows(seed: 71, count: 30)
    for row in rows.rows.indices { rows.owners[row] = row == 0 ? 0 : 1 + row % 2 }
    return rows
  }

  private func bench(_ rows: PooledRows) async throws -> TrainingBench {
    var bench = try await TrainingBench(rows, method: "secure_aggregation")
    for (place, party) in bench.bench.clients.enumerated() where place > 0 {
      let table = try rows.weighted(of: place, weight: 0)
      bench.inputs[party]?["train_data"] = try bench.bench.put(
        table, port: "train_data", at: party)
    }
    return bench
  }

  /// The attacker knows the sum that all learn, and divides: xⱼ = gⱼ / g₀.
  private func attack(_ words: [UInt64], columns: Int) -> [Double] {
    let sums = words.map { Double(Int64(bitPattern: $0)) * 0x1p-40 }
    return (0..<columns).map { sums[$0] / sums[columns] }
  }

  @Test("without the least batch the gradient of one row is read as the row")
  func attackWorks() async throws {
    let rows = rows()
    let bench = try await bench(rows)
    _ = try await bench.train([
      ("aggregation", .string("gradient")), ("min_batch", .int(1)), ("epochs", .int(1)),
      ("local_baseline", .bool(false)), ("penalty", .string("none")),
    ])
    let totals = await bench.totals("gradient")
    let words = try #require(totals.values.first?["hospital-c"])
    for (read, truth) in zip(attack(words, columns: 4), rows.rows[0]) {
      #expect(abs(read - truth) < 1e-9)
    }
  }

  @Test("the model after a step on one row gives it away as well")
  func attackOnModels() async throws {
    let rows = rows()
    let bench = try await bench(rows)
    _ = try await bench.train([
      ("min_batch", .int(1)), ("epochs", .int(1)), ("local_baseline", .bool(false)),
      ("penalty", .string("none")), plainDescent,
    ])
    let totals = await bench.totals("model")
    let words = try #require(totals.values.first?["hospital-b"])
    for (read, truth) in zip(attack(words, columns: 4), rows.rows[0]) {
      #expect(abs(read - truth) < 1e-9)
    }
  }

  @Test(
    "with it the party refuses by name, and nothing goes out",
    arguments: ["model", "gradient"])
  func refused(aggregation: String) async throws {
    let bench = try await bench(rows())
    let failure = await bench.failure([("aggregation", .string(aggregation))])
    #expect(failure?.code == "batch-too-small")
    #expect(
      failure?.message
        == "what a party sends must come from at least 'min_batch' = 5 rows, but some of what hospital-a would send comes from fewer"
    )
    #expect(await bench.uploads(aggregation).values.allSatisfy { $0["hospital-a"] == nil })
  }

  @Test("a short batch at the end of an epoch counts too, and batches are cut evenly")
  func tails() async throws {
    // 121 rows in all: three steps of 48 at most; a party's 40 rows make batches of 13 and 14.
    let bench = try await TrainingBench(PooledRows(seed: 72, count: 121))
    let parameters: [(String, ConfigValue)] = [
      ("aggregation", .string("gradient")), ("batch_size", .int(16)), ("epochs", .int(1)),
      ("local_baseline", .bool(false)),
    ]
    _ = try await bench.train(parameters + [("min_batch", .int(9))])
    let other = try await TrainingBench(PooledRows(seed: 72, count: 121))
    let failure = await other.failure(parameters + [("min_batch", .int(16))])
    #expect(failure?.code == "batch-too-small")
  }

  @Test("privacy takes the place of the least batch")
  func privately() async throws {
    for unit in ["central", "distributed"] {
      let bench = try await TrainingBench(rows())
      _ = try await bench.train([
        privacy(unit, ["noise": .double(3)]), ("epochs", .int(2)), ("local_baseline", .bool(false)),
      ])
    }
  }

  @Test("a batch size below the least is found before the run")
  func check() {
    let found = findings(
      HomoLR.self, [("aggregation", .string("gradient")), ("batch_size", .int(4))])
    #expect(
      found == [
        "batch_size: 'batch_size' must be at least 'min_batch' = 5 when gradients are aggregated, but is 4"
      ])
    #expect(findings(HomoLR.self, [("batch_size", .int(4))]).isEmpty)
  }
}
