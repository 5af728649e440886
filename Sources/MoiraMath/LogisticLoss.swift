public import MoiraModel

/// The gradient of the logistic loss, summed over the rows, in one pass over them.
///
/// Loss of a row with logit z = w·x + b: log(1 + exp(z)) − y·z, worked out without overflow. Its
/// derivative by z is σ(z) − y.
///
/// - Parameters:
///   - rows: X, n × d, without missing values: one NaN makes the sums NaN.
///   - labels: y, n values in 0 ... 1.
///   - rowWeights: n values, or nil for 1 each.
///   - weights: w, d values.
/// - Returns: sums with one output, the same for any number of workers.
/// - Complexity: O(n·d) time, each value read from memory once; a few hundred times d doubles of room.
public func logisticGradient(
  rows: BlockMatrix, labels: UnsafeBufferPointer<Double>,
  rowWeights: UnsafeBufferPointer<Double>? = nil, weights: [Double], intercept: Double,
  workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  checkShapes(rows, labels, rowWeights, weights: weights, intercepts: [intercept])
  return withPass(rows, weights, [intercept], workers, kernel) { pass in
    pass.gradient { range, logits in
      guard let y = labels.baseAddress else { return (0, 0) }
      pass.loops.logisticResiduals(
        logits.z, y + range.lowerBound, losses: logits.spare, range.count)
      return weigh(logits, rowWeights, range)
    }
  }
}
