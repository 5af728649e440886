import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraProtocols
import MoiraTable
import Testing

@testable import MoiraComponents

/// Sums that come back over fewer parties, and parties whose values are no numbers.
@Suite("homo_lr over fewer parties")
struct FewerPartiesTests {
  private func bench(
    _ rows: PooledRows, method: String
  ) async throws -> (bench: PartBench, inputs: [PartyID: PartBench.Outputs]) {
    let bench = PartBench(clients: 3)
    var inputs: [PartyID: PartBench.Outputs] = try await bench.run(
      Encryptor.self, [("method", .string(method))])
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
    return (bench, inputs)
  }

  private func sgd() -> ConfigValue {
    guard case .map(let entries) = OptimizerParameters().parameter else { return .null }
    return .map(entries.map { ($0.key, $0.key == "method" ? .string("sgd") : $0.value) })
  }

  /// An empty summand in place of hospital-c's is what a sum without hospital-c is.
  private func withoutHospitalC(_ bytes: [UInt8], from: PartyID, tensors: [String]) -> [UInt8] {
    guard from == "hospital-c", let message = try? PlainSumMessage(wireBytes: bytes),
      case .upload(let header, let words) = message,
      tensors.contains(where: { header.tensor.hasSuffix($0) })
    else { return bytes }
    let silent = [UInt64](repeating: 0, count: words.count)
    return PlainSumMessage.upload(header, words: silent).wireBytes
  }

  @Test(
    "a mean over the parties that stayed is divided by their weights, not by those of all",
    arguments: ["model", "gradient"])
  func stayed(aggregation: String) async throws {
    let rows = PooledRows(seed: 51)
    let (bench, inputs) = try await bench(rows, method: "none")
    await bench.mail.setTamper { from, _, bytes in
      withoutHospitalC(bytes, from: from, tensors: ["model", "gradient", "measurement"])
    }
    let outputs = try await bench.run(
      HomoLR.self,
      [
        ("aggregation", .string(aggregation)), ("epochs", .int(10)), ("alpha", .double(0.02)),
        ("learning_rate", .double(0.3)), ("optimizer", sgd()),
      ], inputs: inputs)
    let model = try bench.get(
      LogisticModel.self, outputs["hospital-a"]?["model"], at: "hospital-a")
    var stayed = rows
    let kept = rows.rows.indices.filter { rows.owners[$0] < 2 }
    stayed.rows = kept.map { rows.rows[$0] }
    stayed.labels = kept.map { rows.labels[$0] }
    var pooled = [Double](repeating: 0, count: rows.columns + 1)
    for _ in 0..<10 {
      let gradient = stayed.gradient(pooled, alpha: 0.02)
      for place in pooled.indices { pooled[place] -= 0.3 * gradient[place] }
    }
    for (ours, theirs) in zip(model.parameters, pooled) { #expect(abs(ours - theirs) < 1e-10) }
    // A loss of two parties over the rows of three would be far below ln 2 from the start.
    let loss = try #require(model.history.last?.trainLoss)
    #expect(abs(loss - stayed.loss(pooled)) < 1e-10)
  }

  @Test(
    "a party whose values are no numbers ends the training of all, and no message says whose they were",
    arguments: ["model", "gradient"])
  func notFinite(aggregation: String) async throws {
    var rows = PooledRows(seed: 52)
    for row in rows.rows.indices where rows.owners[row] == 1 { rows.rows[row][0] = 1e308 }
    let (bench, inputs) = try await bench(rows, method: "secure_aggregation")
    let failure = await bench.failure(
      HomoLR.self,
      [
        ("aggregation", .string(aggregation)), ("optimizer", sgd()), ("epochs", .int(3)),
        ("local_epochs", .int(1)),
      ], inputs: inputs)
    #expect(failure?.code == "training-diverged")
    #expect(
      failure?.message
        == "what the parties add up must be finite, but that of 1 of 3 was not in the sum '\(aggregation)'"
    )
    #expect(failure?.party == nil)
    let uploads = await bench.mail.sent.filter { $0.to == "hub" }.compactMap {
      try? SecureSumMessage(wireBytes: $0.bytes)
    }
    let sizes = Set(
      uploads.compactMap { message -> Int? in
        guard case .upload(let header, let words, _, _) = message,
          header.tensor == aggregation
        else { return nil }
        return words.count
      })
    // Parameters, weight, whether shortened, flag and clip count, of all parties alike.
    #expect(sizes == [rows.columns + 1 + 4])
  }

  @Test("row counts, losses, flags and clip counts stand in no message in clear")
  func nothingInClear() async throws {
    let rows = PooledRows(seed: 53)
    let (bench, inputs) = try await bench(rows, method: "secure_aggregation")
    _ = try await bench.run(
      HomoLR.self, [("epochs", .int(2)), ("learning_rate", .double(20))], inputs: inputs)
    var small = 0
    var words = 0
    for message in await bench.mail.sent where message.to == "hub" {
      guard case .upload(_, let upload, _, _)? = try? SecureSumMessage(wireBytes: message.bytes)
      else {
        continue
      }
      words += upload.count
      // A count, a flag, or a real below 4096 in clear has twelve equal leading bits.
      small += upload.count { $0 >> 52 == 0 || $0 >> 52 == 0xFFF }
    }
    #expect(words > 40)
    // Of uniform words 2 in 4096; more than 8 of at most 100 with probability below 10⁻¹².
    #expect(words <= 100 && small <= 8)
  }
}

extension PooledRows {
  /// The mean log loss, row by row.
  func loss(_ parameters: [Double]) -> Double {
    var sum = 0.0
    for (row, label) in zip(rows, labels) {
      let score = parameters[columns] + (0..<columns).reduce(0) { $0 + parameters[$1] * row[$1] }
      let margin = label == 1 ? score : -score
      sum += logarithm(1 + exponential(-margin))
    }
    return sum / Double(rows.count)
  }

  /// Newton's method on exp, from 0.
  private func logarithm(_ x: Double) -> Double {
    var y = 0.0
    for _ in 0..<200 { y += 2 * (x - exponential(y)) / (x + exponential(y)) }
    return y
  }
}
