/// An optimizer on its way: what it remembers of the gradients so far.
public struct OptimizerState: Hashable, Codable, Sendable {
  public let optimizer: Optimizer
  /// Steps taken so far.
  public private(set) var stepCount = 0
  /// Velocity, or the running mean of the gradients (`adadelta`: of the squared moves; `rprop`: the
  /// last gradient); empty before the first step and where unused.
  var first: [Double] = []
  /// Sum or running mean of the squared gradients (`adamax`: the greatest; `rprop`: lengths of steps).
  var second: [Double] = []
  /// One figure that goes from step to step: the product of the momenta of `nadam`, the rate of the
  /// next step of `asgd`.
  var carried: Double?

  public init(_ optimizer: Optimizer) { self.optimizer = optimizer }

  /// Moves the parameters against the gradient, in place.
  ///
  /// - Parameters:
  ///   - gradient: as many values as there are parameters, as many at each step.
  ///   - rate: this step's learning rate.
  public mutating func step(parameters: inout [Double], gradient: [Double], rate: Double) {
    precondition(parameters.count == gradient.count, "a gradient for each parameter")
    prepare(parameters.count)
    stepCount += 1
    switch optimizer.method {
    case .sgd, .momentum, .nesterov: descend(&parameters, gradient, rate)
    case .adagrad: adagrad(&parameters, gradient, rate)
    case .rmsprop: rmsprop(&parameters, gradient, rate)
    case .adam, .adamw: adam(&parameters, gradient, rate)
    case .adadelta: adadelta(&parameters, gradient, rate)
    case .adamax: adamax(&parameters, gradient, rate)
    case .nadam: nadam(&parameters, gradient, rate)
    case .radam: radam(&parameters, gradient, rate)
    case .asgd: asgd(&parameters, gradient, rate)
    case .rprop: rprop(&parameters, gradient, rate)
    }
  }

  private mutating func prepare(_ count: Int) {
    if stepCount == 0 {
      first = Array(repeating: 0, count: optimizer.usesFirst ? count : 0)
      second = Array(repeating: 0, count: optimizer.usesSecond ? count : 0)
    }
    precondition(!optimizer.usesFirst || first.count == count, "as many parameters as before")
    precondition(!optimizer.usesSecond || second.count == count, "as many parameters as before")
  }

  private mutating func descend(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (mu, decay) = (optimizer.momentum, optimizer.weightDecay)
    for j in p.indices {
      var g = gradient[j] + decay * p[j]
      if optimizer.usesFirst {
        first[j] = stepCount == 1 ? g : mu * first[j] + g
        g = optimizer.method == .nesterov ? g + mu * first[j] : first[j]
      }
      p[j] -= rate * g
    }
  }

  private mutating func adagrad(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    for j in p.indices {
      let g = gradient[j] + optimizer.weightDecay * p[j]
      second[j] += g * g
      p[j] -= rate * g / (second[j].squareRoot() + optimizer.epsilon)
    }
  }

  private mutating func rmsprop(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let kept = optimizer.smoothing
    for j in p.indices {
      let g = gradient[j] + optimizer.weightDecay * p[j]
      second[j] = kept * second[j] + (1 - kept) * g * g
      var move = g / (second[j].squareRoot() + optimizer.epsilon)
      if optimizer.usesFirst {
        first[j] = optimizer.momentum * first[j] + move
        move = first[j]
      }
      p[j] -= rate * move
    }
  }

  private mutating func adam(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (beta1, beta2, decay) = (optimizer.beta1, optimizer.beta2, optimizer.weightDecay)
    let correction1 = 1 - power(beta1, Double(stepCount))
    let correction2 = (1 - power(beta2, Double(stepCount))).squareRoot()
    let isDecoupled = optimizer.method == .adamw
    for j in p.indices {
      let g = isDecoupled ? gradient[j] : gradient[j] + decay * p[j]
      if isDecoupled { p[j] -= rate * decay * p[j] }
      first[j] = beta1 * first[j] + (1 - beta1) * g
      second[j] = beta2 * second[j] + (1 - beta2) * g * g
      let divisor = second[j].squareRoot() / correction2 + optimizer.epsilon
      p[j] -= rate / correction1 * first[j] / divisor
    }
  }
}

extension Optimizer {
  fileprivate var usesFirst: Bool {
    switch method {
    case .momentum, .nesterov, .adam, .adamw, .adadelta, .adamax, .nadam, .radam, .rprop: true
    case .rmsprop: momentum != 0
    case .sgd, .adagrad, .asgd: false
    }
  }

  fileprivate var usesSecond: Bool {
    switch method {
    case .adagrad, .rmsprop, .adam, .adamw, .adadelta, .adamax, .nadam, .radam, .rprop: true
    case .sgd, .momentum, .nesterov, .asgd: false
    }
  }
}
