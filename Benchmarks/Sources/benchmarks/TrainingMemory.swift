import Foundation
import MoiraComponents
import MoiraMath
import MoiraModel
import MoiraSim
import MoiraStorage
import MoiraTable

/// What training takes beside the table that it maps.
func measureTrainingMemory(_ bench: Bench) throws {
  let folder = bench.folder + "/table"
  let maker = try Program(path: CommandLine.arguments[0], arguments: ["probe", "table", folder])
    .run(keepsOutput: true)
  let hash = maker.output.trimmingCharacters(in: .whitespacesAndNewlines)
  let training = try Program(
    path: CommandLine.arguments[0], arguments: ["probe", "training", folder, hash]
  ).run(keepsOutput: true)
  let words = training.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  guard words.count == 3 else { throw Missing("a probe that says nothing") }
  let beside = words[2] - words[0]
  bench.board.add(
    nil, "training 1,000,000 × 100: peak beside the mapped table", beside.asMegabytes,
    reference: "table \(words[0].asMegabytes), \(words[1].asMilliseconds) a round",
    ratio: beside / words[0], wanted: "table once", isMet: beside < 0.05 * words[0])
}

extension Probe {
  /// Keeps a table as an artifact, and prints its hash.
  static func writeTable(folder: String) async throws {
    var generator = SeededGenerator(seed: 5)
    let rows = 1_000_000
    var builder = TableBuilder(rows: rows)
    builder.setLabel("y", (0..<rows).map { _ in generator.unit() < 0 ? 0 : 1 })
    for column in 0..<100 {
      builder.addNumeric("x\(column)", (0..<rows).map { _ in generator.unit() })
    }
    let store = try FileArtifactStore(directory: folder)
    print(try await store.put(builder.build(), isSecret: false).text)
  }

  /// Prints the table's bytes, the seconds of a round, and the peak of memory.
  static func train(folder: String, hash: String) async throws {
    let bytes = try await FileArtifactStore(directory: folder).get(ContentHash(hash))
    let table = try Table(artifact: bytes)
    let workers = Workers.threads(ProcessInfo.processInfo.activeProcessorCount)
    var weights = [Double](repeating: 0, count: 100)
    var intercept = 0.0
    var times: [Double] = []
    for _ in 0..<5 {
      times.append(
        seconds {
          let sums = gradient(of: table, weights, intercept, workers)
          let mean = sums.meanGradient
          for j in weights.indices { weights[j] -= 0.1 * mean[j] }
          intercept -= 0.1 * mean[weights.count]
        })
    }
    let size = table.image.withBytes { $0.count }
    print("\(size) \(times.best) \(peakBytes)")
  }

  private static func gradient(
    of table: Table, _ weights: [Double], _ intercept: Double, _ workers: Workers
  ) -> GradientSums {
    table.withNumericBlocks { blocks in
      table.withLabels { labels in
        logisticGradient(
          rows: BlockMatrix(
            base: blocks.baseAddress.unsafelyUnwrapped, rowCount: table.rows,
            columnCount: table.numericFeatures.count, blockRows: Table.blockRows),
          labels: labels, weights: weights, intercept: intercept, workers: workers)
      }
    }
  }
}
