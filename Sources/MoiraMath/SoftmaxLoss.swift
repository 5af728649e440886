public import MoiraModel

/// The gradient of the softmax loss (multinomial cross-entropy), in one pass over the rows.
///
/// Loss of a row of class c with logits z = W·x + b: log Σ exp(z) − z_c. Its derivative by z_c' is
/// softmax(z)_c' − [c = c'].
///
/// - Parameters:
///   - rows: X, n × d, without missing values.
///   - labels: n classes, each a whole number in 0 ..< k.
///   - rowWeights: n values, or nil for 1 each.
///   - weights: W, k × d, row-major.
///   - intercepts: b, k values.
/// - Returns: sums with k outputs, the same for any number of workers.
/// - Complexity: O(n·d·k) time, each value read from memory once.
public func softmaxGradient(
  rows: BlockMatrix, labels: UnsafeBufferPointer<Double>,
  rowWeights: UnsafeBufferPointer<Double>? = nil, weights: [Double], intercepts: [Double],
  workers: Workers, kernel: Kernel = .best
) -> GradientSums {
  checkShapes(rows, labels, rowWeights, weights: weights, intercepts: intercepts)
  return withPass(rows, weights, intercepts, workers, kernel) { pass in
    pass.gradient { range, logits in
      guard let y = labels.baseAddress else { return (0, 0) }
      softmaxResiduals(logits, y + range.lowerBound, range.count)
      return weigh(logits, rowWeights, range)
    }
  }
}

/// Turns logits into softmax(z) − [the label's class], and writes each row's loss.
private func softmaxResiduals(_ logits: BlockLogits, _ labels: UnsafePointer<Double>, _ count: Int)
{
  let (losses, stride) = (logits.spare, logits.stride)
  for i in 0..<count { losses[i] = -logits.z[ownClass(labels[i], logits.outputs) * stride + i] }
  // After this the second half of the spare room holds each row's log Σ exp(z).
  softmax(logits, count)
  for i in 0..<count {
    losses[i] += logits.spare[stride + i]
    logits.z[ownClass(labels[i], logits.outputs) * stride + i] -= 1
  }
}

private func ownClass(_ label: Double, _ outputs: Int) -> Int {
  guard let index = Int(exactly: label), index >= 0, index < outputs else {
    preconditionFailure("a class label is a whole number below the number of classes")
  }
  return index
}

/// Turns logits into probabilities in place; row i's log Σ exp(z) goes to `spare[stride + i]`.
///
/// The greatest logit of a row is taken off first, so that nothing overflows.
func softmax(_ logits: BlockLogits, _ count: Int) {
  let (z, stride) = (logits.z, logits.stride)
  let logSums = logits.spare + stride
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * stride) { buffer in
    guard let greatest = buffer.baseAddress else { return }
    let sums = greatest + stride
    greatest.initialize(repeating: -Double.infinity, count: stride)
    sums.initialize(repeating: 0, count: stride)
    for c in 0..<logits.outputs { raise(greatest, to: z + c * stride, count) }
    for c in 0..<logits.outputs { addExponentials(z + c * stride, greatest, sums, count) }
    for c in 0..<logits.outputs { divide(z + c * stride, by: sums, count) }
    for i in 0..<count { logSums[i] = greatest[i] + naturalLog(sums[i]) }
  }
}

private func raise(
  _ greatest: UnsafeMutablePointer<Double>, to z: UnsafePointer<Double>, _ count: Int
) {
  for i in 0..<count { greatest[i] = z[i] > greatest[i] ? z[i] : greatest[i] }
}

private func addExponentials(
  _ z: UnsafeMutablePointer<Double>, _ greatest: UnsafePointer<Double>,
  _ sums: UnsafeMutablePointer<Double>, _ count: Int
) {
  for i in 0..<count {
    let e = VectorMath.expOfNegative(z[i] - greatest[i])
    z[i] = e
    sums[i] += e
  }
}

private func divide(
  _ z: UnsafeMutablePointer<Double>, by sums: UnsafePointer<Double>, _ count: Int
) {
  for i in 0..<count { z[i] /= sums[i] }
}
