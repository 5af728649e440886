/// What one pass over some rows adds up: the gradient of their loss, and the loss.
///
/// Sums and not means, so that those of two sets of rows add up to those of their union.
public struct GradientSums: Hashable, Codable, Sendable {
  /// Σ over the rows of ∂loss/∂W: k × d, row-major; d values where there is one output.
  public var weights: [Double]
  /// Σ over the rows of ∂loss/∂b, k values.
  public var intercepts: [Double]
  /// Σ over the rows of row weight × loss.
  public var loss: Double
  /// Σ over the rows of the row weight: their number, where they have none.
  public var weight: Double

  public init(weights: [Double], intercepts: [Double], loss: Double, weight: Double) {
    self.weights = weights
    self.intercepts = intercepts
    self.loss = loss
    self.weight = weight
  }

  /// No rows.
  public static func zero(outputs: Int = 1, columns: Int) -> Self {
    Self(
      weights: Array(repeating: 0, count: outputs * columns),
      intercepts: Array(repeating: 0, count: outputs), loss: 0, weight: 0)
  }

  /// The only intercept, where there is one output.
  public var intercept: Double { intercepts[0] }

  /// The gradient of the mean loss, weights first and intercepts last; zeros where there are no rows.
  public var meanGradient: [Double] {
    let divisor = weight == 0 ? 1 : weight
    return (weights + intercepts).map { $0 / divisor }
  }

  /// The mean loss, or nil where there are no rows.
  public var meanLoss: Double? { weight == 0 ? nil : loss / weight }

  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum += right
    return sum
  }

  public static func += (left: inout Self, right: Self) {
    precondition(
      left.weights.count == right.weights.count
        && left.intercepts.count == right.intercepts.count, "sums of different shapes")
    for j in left.weights.indices { left.weights[j] += right.weights[j] }
    for j in left.intercepts.indices { left.intercepts[j] += right.intercepts[j] }
    left.loss += right.loss
    left.weight += right.weight
  }
}
