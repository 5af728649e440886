public import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// How features are scaled.
public enum ScaleMethod: String, ParameterChoice, Codable, Sendable {
  /// To mean 0 and standard deviation 1.
  case standard
  /// To a range.
  case minMax = "min_max"
}

/// What becomes of missing values.
enum MissingRule: String, ParameterChoice {
  case keep
  case mean
}

/// Scales features alike at all parties, by the pooled rows' mean and deviation or extremes.
///
/// 1. Clients agree on the features (`agreeSchema`).
/// 2. Masked sums give the counts and, for `standard`, the moments (`Pool.moments`); for `min_max`,
///    the least and the greatest value (`Pool.extremes`).
/// 3. Each client makes the same scaler from them, and applies it to its own rows.
///
/// All members learn the pooled figures of each feature: counts, and mean, deviation and binary
/// order of the extremes, or the extremes themselves, which are values of rows. Which party brought
/// what stays hidden as `Pool` says. Every row counts the same; row weights are not used.
struct FeatureScale: Component {
  static let card = ComponentCard(
    "feature_scale", version: 1, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    unless: "pooled", outlivesParties: true,
    summary: "Scales features alike at all parties, by figures of the pooled rows.")

  @Input("The rows to scale.", at: .guest, .host)
  var data: Artifact<Table>

  @Input("Keys that hide what is summed; agreed anew, unless wired.", at: .guest, .host, .arbiter)
  var protection: Artifact<ProtectionKeys>?

  @Input("A scaler to apply as it is; nothing is summed then.", at: .guest, .host)
  var givenScaler: Artifact<Scaler>?

  @Output("The rows, scaled.", at: .guest, .host)
  var table: Artifact<Table>

  @Output("What was done, to be applied to other rows.", at: .guest, .host)
  var scaler: Artifact<Scaler>

  @Param("To mean 0 and deviation 1 (standard), or to a range (min_max).")
  var method: ScaleMethod = .standard

  @Param("Where min_max puts the least and the greatest value.")
  var featureRange: [Double] = [0, 1]

  @Param("The numeric features to scale. Empty takes all.")
  var scaleCol: [String] = []

  @Param("Whether min_max moves values beyond the range, of later rows, to its ends.")
  var strictRange: Bool = false

  @Param(
    "Whether all parties scale alike; without, each by its own rows or its own given scaler, and nothing leaves a party."
  )
  var pooled: Bool = true

  @Param("Whether missing values stay (keep) or become the pooled mean (mean).")
  var missing: MissingRule = .keep

  func check(_ findings: inout ParameterFindings) {
    guard featureRange.count == 2, featureRange[0] < featureRange[1] else {
      findings.error(
        "feature_range", "'feature_range' must be two numbers, the less one first",
        hint: "feature_range: [0, 1]")
      return
    }
    if method == .standard {
      if featureRange != [0, 1] {
        findings.error("feature_range", "'feature_range' goes with 'method: min_max' only")
      }
      if strictRange {
        findings.error("strict_range", "'strict_range' goes with 'method: min_max' only")
      }
    }
  }

  func run(in task: some TaskContext) async throws {
    guard pooled else {
      if task.role != .arbiter { try await scaleAlone(in: task) }
      return
    }
    guard task.role != .arbiter else {
      let terms = try await agreeTerms(nil, in: task)
      if terms.note.isEmpty { _ = try await pooledScaler(nil, terms.schema, in: task) }
      return
    }
    let rows = try await task.read(data)
    let note = givenScaler?.reference?.hash.text ?? ""
    let terms = try await agreeTerms(CommonTerms(rows.schema, note: note), in: task)
    let made =
      if let givenScaler {
        try await task.read(givenScaler)
      } else {
        try await pooledScaler(rows, terms.schema, in: task)
      }
    try await task.write(try made.applied(to: rows, workers: task.workers), to: table)
    try await task.write(made, to: scaler)
  }

  /// Which features are scaled.
  ///
  /// - Throws: `no-such-feature`.
  func names(in schema: TableSchema) throws(Failure) -> [String] {
    let all = schema.numericFeatures
    if scaleCol.isEmpty { return all }
    if let wrong = scaleCol.first(where: { !all.contains($0) }) {
      throw Failure(
        "no-such-feature", "'\(wrong)' of 'scale_col' is not a numeric feature",
        hint: nearestName(to: wrong, among: all).map { "did you mean '\($0)'?" })
    }
    return all.filter(Set(scaleCol).contains)
  }
}
