/// What the metrics of a regression need, as sums that add up over parties.
public struct RegressionSums: Hashable, Codable, Sendable {
  /// Taken off each label before it is summed, against cancellation; the parties agree on it.
  public let origin: Double
  /// Σ w.
  public private(set) var weight = 0.0
  /// Σ w · |prediction − label|.
  public private(set) var absoluteErrors = 0.0
  /// Σ w · (prediction − label)².
  public private(set) var squaredErrors = 0.0
  /// Σ w · (label − origin).
  public private(set) var labels = 0.0
  /// Σ w · (label − origin)².
  public private(set) var squaredLabels = 0.0

  public init(origin: Double = 0) { self.origin = origin }

  public init(
    predictions: [Double], labels: [Double], rowWeights: [Double]? = nil, origin: Double = 0
  ) {
    precondition(predictions.count == labels.count)
    precondition(rowWeights?.count ?? labels.count == labels.count)
    self.init(origin: origin)
    for i in labels.indices {
      add(prediction: predictions[i], label: labels[i], weight: rowWeights?[i] ?? 1)
    }
  }

  public mutating func add(prediction: Double, label: Double, weight: Double = 1) {
    let (error, shifted) = (prediction - label, label - origin)
    self.weight += weight
    absoluteErrors += weight * abs(error)
    squaredErrors += weight * error * error
    labels += weight * shifted
    squaredLabels += weight * shifted * shifted
  }

  public static func + (left: Self, right: Self) -> Self {
    precondition(left.origin == right.origin, "sums from different origins")
    let sums = zip(left.values, right.values).map { $0 + $1 }
    return Self(values: sums, origin: left.origin) ?? left
  }

  /// The five sums, in the order in which they are declared.
  public var values: [Double] { [weight, absoluteErrors, squaredErrors, labels, squaredLabels] }

  /// The sums of `values`, or nil where they are not five.
  public init?(values: [Double], origin: Double) {
    guard values.count == 5 else { return nil }
    self.origin = origin
    (weight, absoluteErrors, squaredErrors) = (values[0], values[1], values[2])
    (labels, squaredLabels) = (values[3], values[4])
  }

  public var meanSquaredError: Double? { ratio(squaredErrors, weight) }
  public var rootMeanSquaredError: Double? { meanSquaredError?.squareRoot() }
  public var meanAbsoluteError: Double? { ratio(absoluteErrors, weight) }

  /// 1 − Σ(prediction − label)² / Σ(label − mean)²; nil where all labels are equal.
  public var r2: Double? {
    guard weight > 0 else { return nil }
    let spread = squaredLabels - labels * labels / weight
    return spread > 0 ? 1 - squaredErrors / spread : nil
  }
}
