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
  /// The greatest mean square so far (`amsgrad`), or the running mean of the gradients (`centered`).
  private var third: [Double] = []
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
    let gradient = optimizer.maximize ? gradient.map { -$0 } : gradient
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
      let start = optimizer.method == .adagrad ? optimizer.initialAccumulatorValue : 0
      second = Array(repeating: start, count: optimizer.usesSecond ? count : 0)
      third = Array(repeating: 0, count: optimizer.usesThird ? count : 0)
    }
    precondition(!optimizer.usesFirst || first.count == count, "as many parameters as before")
    precondition(!optimizer.usesSecond || second.count == count, "as many parameters as before")
  }

  private mutating func descend(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let (mu, decay) = (optimizer.momentum, optimizer.weightDecay)
    let taken = 1 - optimizer.dampening
    for j in p.indices {
      var g = gradient[j] + decay * p[j]
      if optimizer.usesFirst {
        first[j] = stepCount == 1 ? g : mu * first[j] + taken * g
        g = optimizer.method == .nesterov ? g + mu * first[j] : first[j]
      }
      p[j] -= rate * g
    }
  }

  private mutating func adagrad(_ p: inout [Double], _ gradient: [Double], _ rate: Double) {
    let rate = rate / (1 + optimizer.lrDecay * Double(stepCount - 1))
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
      var square = second[j]
      if optimizer.centered {
        third[j] = kept * third[j] + (1 - kept) * g
        // Equal but for rounding where all gradients are the same.
        square = max(0, square - third[j] * third[j])
      }
      var move = g / (square.squareRoot() + optimizer.epsilon)
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
      var square = second[j]
      if optimizer.amsgrad {
        square = max(third[j], square)
        third[j] = square
      }
      let divisor = square.squareRoot() / correction2 + optimizer.epsilon
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

  fileprivate var usesThird: Bool {
    switch method {
    case .adam, .adamw: amsgrad
    case .rmsprop: centered
    default: false
    }
  }

  fileprivate var usesSecond: Bool {
    switch method {
    case .adagrad, .rmsprop, .adam, .adamw, .adadelta, .adamax, .nadam, .radam, .rprop: true
    case .sgd, .momentum, .nesterov, .asgd: false
    }
  }
}
