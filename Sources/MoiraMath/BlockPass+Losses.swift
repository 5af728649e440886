internal import MoiraModel

/// Sets up a pass whose weights and intercepts stay in place while `body` runs.
func withPass<Result>(
  _ rows: BlockMatrix, _ weights: [Double], _ intercepts: [Double], _ workers: Workers,
  _ kernel: Kernel, _ body: (BlockPass) -> Result
) -> Result {
  // The intercepts are copied behind the weights, so that neither pointer can be missing.
  (weights + intercepts).withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("a model without outputs") }
    return body(
      BlockPass(
        rows: rows, weights: base, intercepts: base + weights.count, outputs: intercepts.count,
        workers: workers, loops: kernel.loops))
  }
}

func checkShapes(
  _ rows: BlockMatrix, _ labels: UnsafeBufferPointer<Double>,
  _ rowWeights: UnsafeBufferPointer<Double>?, weights: [Double], intercepts: [Double]
) {
  precondition(labels.count == rows.rowCount, "as many labels as rows")
  precondition(rowWeights.map { $0.count == rows.rowCount } ?? true, "as many weights as rows")
  precondition(weights.count == intercepts.count * rows.columnCount, "a weight for each column")
}

/// Multiplies residuals and losses by the row weights, and sums the losses and the weights.
func weigh(
  _ logits: BlockLogits, _ rowWeights: UnsafeBufferPointer<Double>?, _ rows: Range<Int>
) -> (loss: Double, weight: Double) {
  guard let all = rowWeights?.baseAddress else {
    return (BlockKernel.total(logits.spare, rows.count), Double(rows.count))
  }
  let weights = all + rows.lowerBound
  for c in 0..<logits.outputs {
    let residuals = logits.z + c * logits.stride
    for i in 0..<rows.count { residuals[i] *= weights[i] }
  }
  return (
    BlockKernel.dot(logits.spare, weights, rows.count),
    BlockKernel.total(weights, rows.count)
  )
}
