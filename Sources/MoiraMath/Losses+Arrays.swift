public import MoiraModel

/// `logisticGradient` over labels and row weights that are arrays.
public func logisticGradient(
  rows: BlockMatrix, labels: [Double], rowWeights: [Double]? = nil, weights: [Double],
  intercept: Double, workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  withBuffers(labels, rowWeights) {
    logisticGradient(
      rows: rows, labels: $0, rowWeights: $1, weights: weights, intercept: intercept,
      workers: workers, kernel: kernel)
  }
}

/// `squaredGradient` over labels and row weights that are arrays.
public func squaredGradient(
  rows: BlockMatrix, labels: [Double], rowWeights: [Double]? = nil, weights: [Double],
  intercept: Double, workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  withBuffers(labels, rowWeights) {
    squaredGradient(
      rows: rows, labels: $0, rowWeights: $1, weights: weights, intercept: intercept,
      workers: workers, kernel: kernel)
  }
}

/// `softmaxGradient` over labels and row weights that are arrays.
public func softmaxGradient(
  rows: BlockMatrix, labels: [Double], rowWeights: [Double]? = nil, weights: [Double],
  intercepts: [Double], workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  withBuffers(labels, rowWeights) {
    softmaxGradient(
      rows: rows, labels: $0, rowWeights: $1, weights: weights, intercepts: intercepts,
      workers: workers, kernel: kernel)
  }
}

private func withBuffers<Result>(
  _ labels: [Double], _ rowWeights: [Double]?,
  _ body: (UnsafeBufferPointer<Double>, UnsafeBufferPointer<Double>?) -> Result
) -> Result {
  labels.withUnsafeBufferPointer { labels in
    guard let rowWeights else { return body(labels, nil) }
    return rowWeights.withUnsafeBufferPointer { body(labels, $0) }
  }
}
