extension BlockKernel {
  /// Turns logits into σ(z) − y, and writes each row's loss.
  static func logisticResiduals(
    _ z: UnsafeMutablePointer<Double>, _ labels: UnsafePointer<Double>,
    losses: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for i in 0..<count {
      let (logit, label) = (z[i], labels[i])
      let e = VectorMath.expOfNegative(-abs(logit))
      // One division serves both 1 / (1 + e) and e / (2 + e).
      let (one, two) = (1 + e, 2 + e)
      let inverse = 1 / (one * two)
      let probability = (logit < 0 ? e : 1) * (two * inverse)
      let positive = logit < 0 ? 0 : logit
      losses[i] = (positive - label * logit) + VectorMath.logOfOnePlus(halved: e * (one * inverse))
      z[i] = probability - label
    }
  }
}
