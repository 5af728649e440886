public import MoiraKit
public import MoiraModel

/// How well a model does: on this party's own rows, and on all parties' rows without pooling them.
public struct EvaluationReport: JSONArtifact {
  public static let kind = ArtifactKind.metrics
  public static let schemaVersion = 1

  public enum Form: String, Codable, Sendable { case binary, multi, regression }

  public var party: PartyID
  public var form: Form
  public var classes: [String]
  /// Scores at or above it count as the second class (binary).
  public var threshold: Double
  public var own: Comparison
  /// Over the rows of all parties; `local` scores each row by its own party's baseline. Nil
  /// where nothing was pooled.
  public var pooled: Comparison?
  /// Each party's own model on the rows of all parties, by party; where baselines are shared.
  public var baselines: [String: MetricSet]?

  /// The federated model beside the local baselines.
  public struct Comparison: Codable, Sendable {
    public var federated: MetricSet
    /// What each party's own data alone would have given.
    public var local: MetricSet?

    /// Federated less local, for the metrics that both have.
    public var gain: [String: Double]? {
      local.map { local in
        federated.values.reduce(into: [:]) { gain, entry in
          if let other = local.values[entry.key] { gain[entry.key] = entry.value - other }
        }
      }
    }
  }

  /// Metrics of one model on some rows. What is 0/0 is left out.
  public struct MetricSet: Codable, Sendable {
    /// `accuracy`, `auc`, `log_loss`, ...
    public var values: [String: Double] = [:]
    /// How far a value from binned scores may be from the exact one.
    public var errors: [String: Double] = [:]
    /// Weighted counts: true classes by rows, predicted ones by columns, in the order of `classes`.
    public var confusion: [[Double]] = []
    public var curves: Curves?
  }

  /// Points of the binary curves, thinned to at most `Curves.pointLimit`.
  public struct Curves: Codable, Sendable {
    public static let pointLimit = 101

    /// Pairs of false and true positive rate.
    public var roc: [[Double]]
    /// Pairs of recall and precision.
    public var precisionRecall: [[Double]]
    /// Depth, gain and lift of each tenth.
    public var lift: [[Double]]
  }
}
