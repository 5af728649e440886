public import MoiraModel

/// The gradient of the squared loss ½·(w·x + b − y)², summed over the rows, in one pass over them.
///
/// - Parameters:
///   - rows: X, n × d, without missing values.
///   - labels: y, n values.
///   - rowWeights: n values, or nil for 1 each.
///   - weights: w, d values.
/// - Returns: sums with one output, the same for any number of workers; `loss` has the factor ½.
/// - Complexity: O(n·d) time, each value read from memory once.
public func squaredGradient(
  rows: BlockMatrix, labels: UnsafeBufferPointer<Double>,
  rowWeights: UnsafeBufferPointer<Double>? = nil, weights: [Double], intercept: Double,
  workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  checkShapes(rows, labels, rowWeights, weights: weights, intercepts: [intercept])
  return withPass(rows, weights, [intercept], workers, kernel) { pass in
    pass.gradient { range, logits in
      guard let y = labels.baseAddress else { return (0, 0) }
      squaredResiduals(logits.z, y + range.lowerBound, losses: logits.spare, range.count)
      return weigh(logits, rowWeights, range)
    }
  }
}

private func squaredResiduals(
  _ z: UnsafeMutablePointer<Double>, _ labels: UnsafePointer<Double>,
  losses: UnsafeMutablePointer<Double>, _ count: Int
) {
  for i in 0..<count {
    let residual = z[i] - labels[i]
    losses[i] = 0.5 * residual * residual
    z[i] = residual
  }
}
