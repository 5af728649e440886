public import MoiraModel

/// Bounds how much any one row moves a sum: its share is scaled down to an L2 norm of C.
///
/// Done by the party that has the rows, before anything leaves it. How many rows were clipped
/// depends on the rows: the count is for the party itself, or goes out as a masked and noisy sum.
public struct Clipping: Hashable, Sendable {
  /// C.
  public let norm: Double

  /// - Throws: `privacy-out-of-range` where the norm is not more than 0 and finite.
  public init(norm: Double) throws(Failure) {
    try PrivacyRules.requireClip(norm)
    self.norm = norm
  }

  /// What each row's gradient is multiplied by, and how many were too long.
  public struct RowFactors: Hashable, Sendable {
    /// In 0 ... 1. Rows at 0 are to be left out, not multiplied: they may hold no finite number.
    public var factors: [Double] = []
    /// Rows with a factor below 1.
    public var clippedCount = 0
  }

  /// The factors for a linear model with a logistic, softmax or squared loss, from the norms alone.
  ///
  /// There the gradient of a row is residual ⊗ (x, 1), so its norm is |residual| · √(‖x‖² + 1): no
  /// row's gradient needs to be formed.
  ///
  /// - Parameters:
  ///   - residualNorms: for each row the L2 norm of its residuals, one for each class or just one.
  ///   - rowNorms: for each row ‖x‖₂, without the intercept.
  ///   - hasIntercept: whether the model has one; the 1 in (x, 1) is left out if not.
  /// - Complexity: O(rows).
  public func rowFactors(
    residualNorms: [Double], rowNorms: [Double], hasIntercept: Bool = true
  ) -> RowFactors {
    precondition(residualNorms.count == rowNorms.count, "as many residuals as rows")
    var result = RowFactors()
    result.factors.reserveCapacity(rowNorms.count)
    let one = hasIntercept ? 1.0 : 0.0
    for (residual, length) in zip(residualNorms, rowNorms) {
      let factor = factor(forNorm: abs(residual) * (length * length + one).squareRoot())
      if factor < 1 { result.clippedCount += 1 }
      result.factors.append(factor)
    }
    return result
  }

  /// min(1, C / length), rounded so that the product never exceeds C; 0 for what is not a number.
  public func factor(forNorm length: Double) -> Double {
    guard !length.isNaN else { return 0 }
    guard length > norm else { return 1 }
    return max(0, (norm / length).nextDown.nextDown)
  }

  /// The vector, shortened to C where it is longer; zeros where it holds what is not finite.
  public func clipped(_ vector: [Double]) -> (vector: [Double], wasClipped: Bool) {
    guard vector.allSatisfy(\.isFinite) else {
      return (Array(repeating: 0, count: vector.count), true)
    }
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return (vector, false) }
    // Scaled by the largest element, so that no square overflows or vanishes.
    let squares = vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    let relative = squares.squareRoot()
    guard relative > norm / largest else { return (vector, false) }
    let factor = self.norm / largest / relative * (1 - 0x1p-40)
    return (vector.map { $0 * factor }, true)
  }
}
