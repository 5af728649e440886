import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("Summing up features")
struct StatisticsTests {
  private func reports(
    _ rows: DealtColumns, _ parameters: [(String, ConfigValue)] = []
  ) async throws -> [StatisticsReport] {
    let bench = PartBench(clients: 3)
    let outputs = try await bench.run(
      Statistics.self, parameters, inputs: bench.inputs(rows))
    return try bench.clients.map {
      try bench.get(StatisticsReport.self, outputs[$0]?["statistics"], at: $0)
    }
  }

  /// Type 7, by hand.
  private func quantile(_ probability: Double, of values: [Double]) -> Double {
    let sorted = values.sorted()
    let place = probability * Double(sorted.count - 1)
    let low = sorted[Int(place)]
    let high = sorted[min(Int(place) + 1, sorted.count - 1)]
    return low + (high - low) * (place - place.rounded(.down))
  }

  @Test(arguments: [11, 12] as [UInt64])
  func `pooled figures are those of the pooled rows`(seed: UInt64) async throws {
    let rows = DealtColumns(seed: seed, rows: [600, 30, 250])
    let reports = try await reports(rows)
    for report in reports {
      #expect(report.features.map(\.pooled) == reports[0].features.map(\.pooled))
      #expect(report.features.map(\.name) == rows.names)
    }
    for feature in reports[0].features {
      let pooled = rows.pooled(feature.name)
      let (mean, deviation) = rows.moments(feature.name)
      let found = feature.pooled!
      #expect(found.count == pooled.count && found.missing == 880 - pooled.count)
      #expect(found.min == pooled.min() && found.max == pooled.max())
      #expect(abs((found.mean ?? .nan) - mean) <= 1e-12 * max(abs(mean), deviation))
      if feature.name != "constant" {
        #expect(abs((found.std ?? .nan) - deviation) <= 1e-12 * deviation)
      } else {
        #expect(found.std == 0)
      }
      #expect(found.quantiles.count == 3)
      for found in found.quantiles {
        let exact = quantile(found.probability, of: pooled)
        #expect(abs(found.value - exact) <= found.error * (1 + 1e-9), "\(feature.name)")
      }
    }
  }

  @Test func `local figures are exact and each party's own`() async throws {
    let rows = DealtColumns(seed: 13, rows: [50, 60, 70])
    let reports = try await reports(rows, [("quantiles", .list([.double(0.1), .double(1)]))])
    for (party, report) in reports.enumerated() {
      let values = rows.values[7].parts[party].filter { !$0.isNaN }
      let local = report.features[7].local
      #expect(local.count == values.count)
      #expect(local.max == values.max())
      #expect(abs((local.mean ?? .nan) - values.reduce(0, +) / Double(values.count)) < 1e-12)
      #expect(abs(local.quantiles[0].value - quantile(0.1, of: values)) < 1e-12)
      #expect(local.quantiles[1].value == values.max() && local.quantiles[1].error == 0)
    }
  }

  @Test func `more bins give finer quantiles`() async throws {
    let rows = DealtColumns(seed: 14, rows: [500, 500, 500])
    let coarse = try await reports(rows, [("bins", .int(16))])[0].features[0].pooled!
    let fine = try await reports(rows, [("bins", .int(4096))])[0].features[0].pooled!
    for (coarse, fine) in zip(coarse.quantiles, fine.quantiles) {
      #expect(fine.error < coarse.error / 20)
    }
  }

  @Test func `features without values have counts only`() async throws {
    var rows = DealtColumns(seed: 15, rows: [3, 4, 5])
    rows.values = [
      ("empty", [3, 4, 5].map { [Double](repeating: .nan, count: $0) }),
      ("half", [[.nan, .nan, .nan], [1, 2, 3, 4], [.nan, .nan, .nan, .nan, 7]]),
    ]
    let report = try await reports(rows)[0]
    let empty = report.features[0].pooled!
    #expect(empty.count == 0 && empty.missing == 12)
    #expect(empty.mean == nil && empty.std == nil && empty.min == nil && empty.quantiles.isEmpty)
    #expect(report.features[1].local.mean == nil)
    #expect(report.features[1].pooled!.count == 5 && report.features[1].pooled!.max == 7)
  }

  @Test func `two clients are refused, for a sum would show the other's values`() async throws {
    let bench = PartBench(clients: 2)
    let failure = await bench.failure(
      Statistics.self, inputs: try bench.inputs(DealtColumns(seed: 16, rows: [9, 9])))
    #expect(failure?.code == "too-few-parties")
  }
}
