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
/// 1. Clients agree on the columns of their tables, and on which of them are scaled by which figures, or
///    on the given scaler (`agreeTerms`).
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

  @Param(
    "Where min_max puts the least and the greatest value: one range for all, or a range by feature, [0, 1] for those without."
  )
  var featureRange: FeatureRange = .usual

  @Param("The numeric features to scale. Empty takes all.")
  var scaleCol: [String] = []

  @Param(
    "The features to scale by their places among the table's features, from 0, in place of 'scale_col'.",
    .atLeast(0))
  var scaleIdx: [Int] = []

  @Param("Whether min_max moves values beyond the range, of later rows, to its ends.")
  var strictRange: Bool = false

  @Param(
    "Whether all parties scale alike; without, each by its own rows or its own given scaler, and nothing leaves a party."
  )
  var pooled: Bool = true

  @Param("Whether missing values stay (keep) or become the pooled mean (mean).")
  var missing: MissingRule = .keep

  func check(_ findings: inout ParameterFindings) {
    if !scaleCol.isEmpty, !scaleIdx.isEmpty {
      findings.error("scale_idx", "one of 'scale_col' and 'scale_idx' may be given, but both are")
    }
    if let wrong = featureRange.firstWrong {
      findings.error(
        "feature_range", "'\(wrong)' must be two numbers, the less one first",
        hint: "feature_range: [0, 1]")
      return
    }
    if !scaleCol.isEmpty, let other = featureRange.names.first(where: { !scaleCol.contains($0) }) {
      findings.error(
        "feature_range", "'feature_range' has '\(other)', which 'scale_col' leaves out",
        hint: nearestName(to: other, among: scaleCol).map { "did you mean '\($0)'?" })
    }
    if method == .standard {
      if !featureRange.isUsual {
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
      if terms.note.hasPrefix(Self.ownWay) {
        _ = try await pooledScaler(nil, terms.schema, in: task)
      }
      return
    }
    let rows = try await task.read(data)
    let note = givenScaler?.reference?.hash.text ?? way
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
}
