public import MoiraKit
public import MoiraModel

/// A logistic or softmax regression, with all that is needed to read and apply it.
public struct LogisticModel: JSONArtifact {
  public static let kind = ArtifactKind.model
  public static let schemaVersion = 1

  /// What one round did.
  public struct Round: Codable, Sendable, Hashable {
    /// From 1.
    public let round: Int
    public let learningRate: Double
    /// The mean log loss over all parties' training rows, penalty left out.
    public let trainLoss: Double?
    public let validateLoss: Double?
    /// Pooled over all parties' validation rows; binary models only.
    public let validateAuc: Double?
    /// ‖w_r − w_{r−1}‖₂.
    public let weightChange: Double
    /// What differential privacy has cost up to here.
    public let epsilon: Double?
  }

  /// In the order of the weights.
  public var features: [String]
  public var labelName: String
  /// The first is the negative class of a binary model, the second the positive.
  public var classes: [String]
  /// One row for a binary model, otherwise one a class; each has one value a feature.
  public var weights: [[Double]]
  public var intercepts: [Double]
  /// How the features were scaled before training, if the task was told.
  public var scaling: Scaler?
  /// The parameters of the training task, as they were after defaults.
  public var hyperParameters: [String: String]
  public var history: [Round]
  /// The round that was kept, from 1; 0 for the start itself.
  public var keptRound: Int
  /// Training rows of all parties.
  public var rows: Int

  public var isBinary: Bool { classes.count == 2 }

  /// Weights row by row, then intercepts.
  var parameters: [Double] { weights.flatMap(\.self) + intercepts }
}
