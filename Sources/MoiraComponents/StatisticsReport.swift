public import MoiraKit
public import MoiraModel

/// Summaries of features: of a party's own rows, and of all parties' rows together.
public struct StatisticsReport: JSONArtifact, Hashable {
  public static let kind = ArtifactKind.statistics
  public static let schemaVersion = 1

  public let features: [FeatureStatistics]

  public init(features: [FeatureStatistics]) { self.features = features }
}

/// One numeric feature.
public struct FeatureStatistics: Hashable, Codable, Sendable {
  public let name: String
  /// Of this party's rows; exact.
  public let local: ValueSummary
  /// Of all parties' rows; nil where nothing was pooled.
  public let pooled: ValueSummary?

  public init(name: String, local: ValueSummary, pooled: ValueSummary?) {
    self.name = name
    self.local = local
    self.pooled = pooled
  }
}

/// Some values in short. Figures are nil where there are no values.
public struct ValueSummary: Hashable, Codable, Sendable {
  public let count: Int
  public let missing: Int
  public let mean: Double?
  /// The standard deviation with divisor n − ddof.
  public let std: Double?
  public let min: Double?
  public let max: Double?
  public let quantiles: [QuantileValue]
  /// Of a party's own rows only, as the next three.
  public var sum: Double?
  public var variance: Double?
  public var skewness: Double?
  /// Of the normal distribution 0.
  public var kurtosis: Double?

  public init(
    count: Int, missing: Int, mean: Double?, std: Double?, min: Double?, max: Double?,
    quantiles: [QuantileValue]
  ) {
    self.count = count
    self.missing = missing
    self.mean = mean
    self.std = std
    self.min = min
    self.max = max
    self.quantiles = quantiles
  }
}

/// A quantile by straight interpolation between neighbours (type 7), and how far it may be off.
public struct QuantileValue: Hashable, Codable, Sendable {
  public let probability: Double
  public let value: Double
  /// |exact − value| is at most this; 0 when it is exact.
  public let error: Double

  public init(probability: Double, value: Double, error: Double) {
    self.probability = probability
    self.value = value
    self.error = error
  }
}
