internal import MoiraMath
internal import MoiraModel

/// The shape of a logistic regression, and its gradients.
///
/// Parameters lie in one vector: the weights of each output row by row, then the intercepts. Two
/// classes make one output, more make one each.
struct LogisticProblem: Sendable {
  let columns: Int
  let classes: Int
  let fitIntercept: Bool

  var outputs: Int { classes == 2 ? 1 : classes }
  var weightCount: Int { outputs * columns }
  var parameterCount: Int { weightCount + outputs }

  /// Sums over rows at the given parameters.
  ///
  /// - Parameter labels: each row's class as an index.
  func sums(
    _ parameters: [Double], rows: BlockMatrix, labels: [Double], rowWeights: [Double]?,
    workers: Workers
  ) -> GradientSums {
    let weights = Array(parameters[..<weightCount])
    if outputs == 1 {
      return logisticGradient(
        rows: rows, labels: labels, rowWeights: rowWeights, weights: weights,
        intercept: parameters[weightCount], workers: workers)
    }
    return softmaxGradient(
      rows: rows, labels: labels, rowWeights: rowWeights, weights: weights,
      intercepts: Array(parameters[weightCount...]), workers: workers)
  }

  /// The probability of each class (binary: of the second class), row by row.
  func probabilities(_ parameters: [Double], rows: BlockMatrix, workers: Workers) -> [Double] {
    let weights = Array(parameters[..<weightCount])
    if outputs == 1 {
      return MoiraMath.probabilities(
        rows: rows, weights: weights, intercept: parameters[weightCount], workers: workers)
    }
    return classProbabilities(
      rows: rows, weights: weights, intercepts: Array(parameters[weightCount...]), workers: workers)
  }
}

/// One descent: gradient, penalty and optimizer, over the parameters of a problem.
struct Descent: Sendable {
  let problem: LogisticProblem
  let penalty: Penalty
  let alpha: Double
  private var state: OptimizerState

  init(_ problem: LogisticProblem, penalty: Penalty, alpha: Double, optimizer: Optimizer) {
    self.problem = problem
    self.penalty = penalty
    self.alpha = alpha
    state = OptimizerState(optimizer)
  }

  /// - Parameter gradient: of the mean loss, weights first, then intercepts.
  mutating func step(_ parameters: inout [Double], gradient: [Double], rate: Double) {
    var gradient = gradient
    if !problem.fitIntercept {
      for place in problem.weightCount..<problem.parameterCount { gradient[place] = 0 }
    }
    // Where the optimizer turns the gradient, the penalty is to come out as it was.
    penalty.addGradient(
      at: parameters, alpha: state.optimizer.maximize ? -alpha : alpha,
      weightCount: problem.weightCount, to: &gradient)
    state.step(parameters: &parameters, gradient: gradient, rate: rate)
    penalty.shrink(&parameters, alpha: alpha, rate: rate, weightCount: problem.weightCount)
  }
}
