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
    "statistics", version: 2, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    unless: "pooled", outlivesParties: true,
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

  @Param("Whether figures of all parties' rows are found too; without, nothing leaves a party.")
  var pooled: Bool = true

  @Param("What the divisor of variance and deviation lacks of the count.", .atLeast(0))
  var ddof: Int = 0

  @Param("Whether skewness and kurtosis are those of the rows, or estimates without bias.")
  var bias: Bool = true

  @Param("Columns to leave out.")
  var skipCol: [String] = []

  func run(in task: some TaskContext) async throws {
    guard pooled else {
      if task.role != .arbiter { try await sumUpAlone(in: task) }
      return
    }
    guard task.role != .arbiter else {
      let schema = try await agreeSchema(nil, in: task)
      _ = try await pooled(nil, try names(in: schema), in: task)
      return
    }
    let rows = try await task.read(data)
    let names = try names(in: try await agreeSchema(rows.schema, in: task))
    let own = try StatisticsColumns(rows, names, workers: task.workers)
    let pooled = try await pooled(own, names, in: task)
    let local = local(own)
    let features = names.indices.map {
      FeatureStatistics(name: names[$0], local: local[$0], pooled: pooled[$0])
    }
    try await task.write(StatisticsReport(features: features), to: statistics)
  }

  private func sumUpAlone(in task: some TaskContext) async throws {
    let rows = try await task.read(data)
    let names = try names(in: rows.schema)
    let local = local(try StatisticsColumns(rows, names, workers: task.workers))
    let features = names.indices.map {
      FeatureStatistics(name: names[$0], local: local[$0], pooled: nil)
    }
    try await task.write(StatisticsReport(features: features), to: statistics)
  }

  /// The numeric features that are not to be left out.
  ///
  /// - Throws: `no-such-feature`.
  private func names(in schema: TableSchema) throws(Failure) -> [String] {
    let all = schema.columnNames
    if let wrong = skipCol.first(where: { !all.contains($0) }) {
      throw Failure(
        "no-such-feature", "'\(wrong)' of 'skip_col' is not a column",
        hint: nearestName(to: wrong, among: all).map { "did you mean '\($0)'?" })
    }
    return schema.numericFeatures.filter { !skipCol.contains($0) }
  }

  /// Exact summaries of the party's own values.
  private func local(_ own: StatisticsColumns) -> [ValueSummary] {
    let ranges = own.extremes()
    let missing = own.missing
    return own.each { index, values in
      let moments = Moments(values)
      let exact = MoiraMath.quantiles(quantiles, of: values) ?? []
      var summary = ValueSummary(
        count: moments.count, missing: missing[index],
        mean: moments.count > 0 ? moments.mean : nil, std: moments.standardDeviation(ddof: ddof),
        min: ranges[index]?.lowerBound, max: ranges[index]?.upperBound,
        quantiles: zip(quantiles, exact).map {
          QuantileValue(probability: $0, value: $1, error: 0)
        })
      let shape = ValueShape(values, moments, bias: bias)
      summary.variance = moments.variance(ddof: ddof)
      summary.sum = moments.count > 0 ? shape.sum : nil
      summary.skewness = shape.skewness
      summary.kurtosis = shape.kurtosis
      return summary
    }
  }
}
