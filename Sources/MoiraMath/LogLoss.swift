/// The smallest probability whose logarithm is taken.
let leastProbability = 1e-15

/// Σ weight · −log(probability of what was), probabilities clipped to 1e-15 ... 1 − 1e-15.
///
/// - Parameter labels: positive where above 0.5.
/// - Returns: sums that add up over parties; the log loss is `loss / weight`.
public func logLossSums(
  probabilities: [Double], labels: [Double], rowWeights: [Double]? = nil
) -> (loss: Double, weight: Double) {
  precondition(probabilities.count == labels.count)
  precondition(rowWeights?.count ?? labels.count == labels.count)
  var sums = (loss: 0.0, weight: 0.0)
  for i in labels.indices {
    let weight = rowWeights?[i] ?? 1
    let p = clipped(probabilities[i])
    sums.loss -= weight * naturalLog(labels[i] > 0.5 ? p : 1 - p)
    sums.weight += weight
  }
  return sums
}

/// Σ weight · −log(probability of the row's class), clipped likewise.
///
/// - Parameters:
///   - probabilities: n × k, row-major.
///   - labels: n classes in 0 ..< k.
public func classLogLossSums(
  probabilities: [Double], labels: [Int], classCount: Int, rowWeights: [Double]? = nil
) -> (loss: Double, weight: Double) {
  precondition(probabilities.count == labels.count * classCount)
  precondition(rowWeights?.count ?? labels.count == labels.count)
  var sums = (loss: 0.0, weight: 0.0)
  for i in labels.indices {
    precondition(labels[i] >= 0 && labels[i] < classCount, "no such class")
    let weight = rowWeights?[i] ?? 1
    sums.loss -= weight * naturalLog(clipped(probabilities[i * classCount + labels[i]]))
    sums.weight += weight
  }
  return sums
}

// NaN passes through, so that a model that went astray shows.
private func clipped(_ p: Double) -> Double {
  p < leastProbability ? leastProbability : (p > 1 - leastProbability ? 1 - leastProbability : p)
}
