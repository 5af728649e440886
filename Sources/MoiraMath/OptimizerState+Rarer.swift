/// The rarer rules, each as `torch.optim` has it.
extension OptimizerState {
  mutating func adadelta(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (kept, epsilon) = (optimizer.smoothing, optimizer.epsilon)
    for j in p.indices {
      let g = gradient[j] + optimizer.weightDecay * p[j]
      second[j] = kept * second[j] + (1 - kept) * g * g
      let move = (first[j] + epsilon).squareRoot() / (second[j] + epsilon).squareRoot() * g
      first[j] = kept * first[j] + (1 - kept) * move * move
      p[j] -= rate * move
    }
  }

  mutating func adamax(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (beta1, beta2) = (optimizer.beta1, optimizer.beta2)
    let corrected = rate / (1 - power(beta1, Double(stepCount)))
    for j in p.indices {
      let g = gradient[j] + optimizer.weightDecay * p[j]
      first[j] = beta1 * first[j] + (1 - beta1) * g
      second[j] = max(beta2 * second[j], abs(g) + optimizer.epsilon)
      p[j] -= corrected * first[j] / second[j]
    }
  }

  mutating func nadam(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (beta1, beta2) = (optimizer.beta1, optimizer.beta2)
    let correction2 = 1 - power(beta2, Double(stepCount))
    let (mu, next) = (momentum(of: stepCount), momentum(of: stepCount + 1))
    let product = (carried ?? 1) * mu
    carried = product
    for j in p.indices {
      let g = decayed(&p[j], gradient[j], rate)
      first[j] = beta1 * first[j] + (1 - beta1) * g
      second[j] = beta2 * second[j] + (1 - beta2) * g * g
      let divisor = (second[j] / correction2).squareRoot() + optimizer.epsilon
      p[j] -= rate * (1 - mu) / (1 - product) * g / divisor
      p[j] -= rate * next / (1 - product * next) * first[j] / divisor
    }
  }

  /// The gradient with the decay in it, or the parameter shrunk where the decay stands apart.
  private func decayed(_ p: inout Double, _ gradient: Double, _ rate: Double) -> Double {
    guard optimizer.decoupledWeightDecay else { return gradient + optimizer.weightDecay * p }
    p -= rate * optimizer.weightDecay * p
    return gradient
  }

  private func momentum(of step: Int) -> Double {
    optimizer.beta1 * (1 - 0.5 * power(0.96, Double(step) * optimizer.momentumDecay))
  }

  mutating func radam(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (beta1, beta2) = (optimizer.beta1, optimizer.beta2)
    let correction1 = 1 - power(beta1, Double(stepCount))
    let correction2 = 1 - power(beta2, Double(stepCount))
    let rectification = rectification
    for j in p.indices {
      let g = decayed(&p[j], gradient[j], rate)
      first[j] = beta1 * first[j] + (1 - beta1) * g
      second[j] = beta2 * second[j] + (1 - beta2) * g * g
      var move = first[j] / correction1
      if let rectification {
        move *=
          rectification * correction2.squareRoot() / (second[j].squareRoot() + optimizer.epsilon)
      }
      p[j] -= rate * move
    }
  }

  /// How far the variance can be trusted; nil while there are too few steps for one.
  private var rectification: Double? {
    let decayed = power(optimizer.beta2, Double(stepCount))
    let most = 2 / (1 - optimizer.beta2) - 1
    let length = most - 2 * Double(stepCount) * decayed / (1 - decayed)
    guard length > 5 else { return nil }
    return ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)).squareRoot()
  }

  mutating func asgd(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let eta = carried ?? rate
    for j in p.indices {
      let g = gradient[j] + optimizer.weightDecay * p[j]
      p[j] = p[j] * (1 - optimizer.rateDecay * eta) - eta * g
    }
    carried =
      rate / power(1 + optimizer.rateDecay * rate * Double(stepCount), optimizer.ratePower)
  }

  mutating func rprop(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    for j in p.indices {
      var g = gradient[j] + optimizer.weightDecay * p[j]
      if stepCount == 1 { second[j] = rate }
      let turn = g * first[j]
      if turn > 0 { second[j] *= optimizer.growth }
      if turn < 0 {
        second[j] *= optimizer.shrinking
        g = 0
      }
      second[j] = min(max(second[j], optimizer.leastStep), optimizer.greatestStep)
      if g != 0 { p[j] -= g > 0 ? second[j] : -second[j] }
      first[j] = g
    }
  }
}
