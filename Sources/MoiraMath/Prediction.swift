public import MoiraModel

/// The logits W·x + b of each row: n × k, row-major; n values where there is one output.
///
/// - Parameters:
///   - weights: W, k × d, row-major.
///   - intercepts: b, k values.
public func logits(
  rows: BlockMatrix, weights: [Double], intercepts: [Double], workers: Workers,
  kernel: Kernel = .best
) -> [Double] {
  predict(rows, weights, intercepts, workers, kernel) { _, _ in }
}

/// σ(w·x + b) of each row: n values.
public func probabilities(
  rows: BlockMatrix, weights: [Double], intercept: Double, workers: Workers, kernel: Kernel = .best
) -> [Double] {
  predict(rows, weights, [intercept], workers, kernel) { logits, count in
    for i in 0..<count { logits.z[i] = VectorMath.sigmoid(logits.z[i]) }
  }
}

/// softmax(W·x + b) of each row: n × k, row-major.
public func classProbabilities(
  rows: BlockMatrix, weights: [Double], intercepts: [Double], workers: Workers,
  kernel: Kernel = .best
) -> [Double] {
  predict(rows, weights, intercepts, workers, kernel, softmax)
}

private func predict(
  _ rows: BlockMatrix, _ weights: [Double], _ intercepts: [Double], _ workers: Workers,
  _ kernel: Kernel,
  _ finish: (BlockLogits, Int) -> Void
) -> [Double] {
  let k = intercepts.count
  precondition(weights.count == k * rows.columnCount, "a weight for each column")
  return Array(unsafeUninitializedCapacity: rows.rowCount * k) { buffer, count in
    if let result = buffer.baseAddress, rows.rowCount > 0 {
      withPass(rows, weights, intercepts, workers, kernel) { pass in
        pass.logits { range, logits in
          finish(logits, range.count)
          copy(logits, range.count, to: result + range.lowerBound * k)
        }
      }
    }
    count = rows.rowCount * k
  }
}

private func copy(_ logits: BlockLogits, _ count: Int, to target: UnsafeMutablePointer<Double>) {
  let k = logits.outputs
  for c in 0..<k {
    let z = logits.z + c * logits.stride
    for i in 0..<count { (target + i * k + c).initialize(to: z[i]) }
  }
}
