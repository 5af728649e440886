internal import MoiraConfig
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Sums up each numeric feature: of a party's own rows, and of all parties' rows together.
///
/// 1. Clients agree on the features (`agreeSchema`).
/// 2. Masked sums give the pooled counts, extremes (`Pool.extremes`) and moments (`Pool.moments`).
/// 3. A masked sum of histograms over the pooled range gives the quantiles, each with its greatest
///    possible error: half a bin where the values lie close.
///
/// All members learn the pooled figures and histograms; the extremes are values of rows. Which party
/// brought what stays hidden as `Pool` says. Every row counts the same.
struct Statistics: Component {
  static let card = ComponentCard(
    "statistics", version: 1, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    outlivesParties: true,
    summary: "Sums up each numeric feature: of a party's own rows, and of all rows together.")

  @Input("The rows to sum up.", at: .guest, .host)
  var data: Artifact<Table>

  @Input("Keys that hide what is summed; agreed anew, unless wired.", at: .guest, .host, .arbiter)
  var protection: Artifact<ProtectionKeys>?

  @Output("The summaries.", at: .guest, .host)
  var statistics: Artifact<StatisticsReport>

  @Param("Which quantiles, each from 0 to 1.", .atLeast(0), .atMost(1))
  var quantiles: [Double] = [0.25, 0.5, 0.75]

  @Param(
    "Bins of the histograms that pooled quantiles come from: more are finer.", .atLeast(1),
    .atMost(65_536))
  var bins: Int = 1024

  func run(in task: some TaskContext) async throws {
    guard task.role != .arbiter else {
      let schema = try await agreeSchema(nil, in: task)
      _ = try await pooled(nil, schema.numericFeatures, in: task)
      return
    }
    let rows = try await task.read(data)
    let names = try await agreeSchema(rows.schema, in: task).numericFeatures
    let own = try StatisticsColumns(rows, names, workers: task.workers)
    let pooled = try await pooled(own, names, in: task)
    let local = local(own)
    let features = names.indices.map {
      FeatureStatistics(name: names[$0], local: local[$0], pooled: pooled[$0])
    }
    try await task.write(StatisticsReport(features: features), to: statistics)
  }

  /// Exact summaries of the party's own values.
  private func local(_ own: StatisticsColumns) -> [ValueSummary] {
    let ranges = own.extremes()
    let missing = own.missing
    return own.each { index, values in
      let moments = Moments(values)
      let exact = MoiraMath.quantiles(quantiles, of: values) ?? []
      return ValueSummary(
        count: moments.count, missing: missing[index],
        mean: moments.count > 0 ? moments.mean : nil, std: moments.standardDeviation(),
        min: ranges[index]?.lowerBound, max: ranges[index]?.upperBound,
        quantiles: zip(quantiles, exact).map {
          QuantileValue(probability: $0, value: $1, error: 0)
        })
    }
  }
}
