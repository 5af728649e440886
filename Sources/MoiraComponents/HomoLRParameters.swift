public import MoiraConfig
internal import MoiraMath

/// What is averaged over the parties.
public enum Aggregation: String, ParameterChoice {
  /// Each party trains by itself for a while, then the models are averaged: FedAvg.
  case model
  /// Each step sums the parties' gradients: FedSGD, equal to training on the pooled rows.
  case gradient
}

public enum OptimizerMethod: String, ParameterChoice {
  case sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, adadelta, adamax, nadam, radam
  case asgd, rprop
}

/// `optimizer: adam` or `optimizer: {method: adam, beta1: 0.9}`.
public struct OptimizerParameters: ParameterGroupValue {
  public static let shorthand: String? = "method"

  @Param("How a gradient becomes a step; meanings and defaults as in PyTorch.")
  public var method: OptimizerMethod = .adam
  @Param(
    "How much of the last step goes into this one (momentum, nesterov, rmsprop).", .atLeast(0),
    .lessThan(1))
  public var momentum: Double?
  @Param(
    "Decay of the mean of gradients (adam, adamw, adamax, nadam, radam).", .atLeast(0), .lessThan(1)
  )
  public var beta1: Double = 0.9
  @Param(
    "Decay of the mean of squared gradients (adam, adamw, nadam, radam), or of the greatest (adamax).",
    .atLeast(0), .lessThan(1))
  public var beta2: Double = 0.999
  @Param(
    "Decay of the mean of squared gradients (rmsprop: 0.99, adadelta: 0.9).", .atLeast(0),
    .lessThan(1))
  public var smoothing: Double?
  @Param("Keeps the denominator from zero.", .moreThan(0)) public var epsilon: Double?
  @Param("Decay of the weights (adamw: apart from the gradient).", .atLeast(0))
  public var weightDecay: Double?
  @Param("How fast the momentum comes up to beta1 (nadam).", .atLeast(0))
  public var momentumDecay: Double = 0.004
  @Param("How fast the rate falls from step to step, and weights shrink (asgd).", .atLeast(0))
  public var rateDecay: Double = 0.0001
  @Param("The power of the fall of the rate (asgd).", .atLeast(0))
  public var ratePower: Double = 0.75
  @Param("The factor of a step when the gradient turns (rprop).", .moreThan(0), .lessThan(1))
  public var shrinking: Double = 0.5
  @Param("The factor of a step when the gradient does not turn (rprop).", .moreThan(1))
  public var growth: Double = 1.2
  @Param("The least length of a step (rprop).", .moreThan(0)) public var leastStep: Double =
    0.000001
  @Param("The greatest length of a step (rprop).", .moreThan(0)) public var greatestStep: Double =
    50
  @Param(
    "What the gradient lacks when it goes into the velocity, from the second step on (momentum).")
  public var dampening: Double = 0
  @Param("How fast the rate falls from step to step (adagrad).", .atLeast(0))
  public var lrDecay: Double = 0
  @Param("Where the sum of squared gradients starts (adagrad).", .atLeast(0))
  public var initialAccumulatorValue: Double = 0
  @Param("Whether the greatest mean of squared gradients so far divides (adam, adamw).")
  public var amsgrad: Bool = false
  @Param("Whether the deviation of the gradients divides, not their mean square (rmsprop).")
  public var centered: Bool = false
  @Param("Whether the decay is apart from the gradient, as adamw's is (nadam, radam).")
  public var decoupledWeightDecay: Bool = false
  @Param("Whether the loss is made greater, not less; penalty and decay stay as they are.")
  public var maximize: Bool = false

  public init() {}

  var optimizer: Optimizer {
    let kind = Optimizer.Method(rawValue: method.rawValue) ?? .sgd
    return Optimizer(
      kind, momentum: momentum, beta1: beta1, beta2: beta2, smoothing: smoothing, epsilon: epsilon,
      weightDecay: weightDecay, momentumDecay: momentumDecay, rateDecay: rateDecay,
      ratePower: ratePower, shrinking: shrinking, growth: growth, leastStep: leastStep,
      greatestStep: greatestStep, dampening: dampening, lrDecay: lrDecay,
      initialAccumulatorValue: initialAccumulatorValue, amsgrad: amsgrad, centered: centered,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize)
  }
}

public enum ScheduleMethod: String, ParameterChoice {
  case constant, step, linear, cosine, inverse
  case inverseRoot = "inverse_root"
}

/// How the learning rate goes on from round to round.
public struct ScheduleParameters: ParameterGroupValue {
  public static let shorthand: String? = "method"

  @Param("The form of the schedule.") public var method: ScheduleMethod = .constant
  @Param("step: rounds between two cuts.", .atLeast(1)) public var stepSize: Int = 10
  @Param("step: what the rate is multiplied by at a cut.", .moreThan(0), .atMost(1))
  public var gamma: Double = 0.5
  @Param("constant: the factor of the first rounds.", .moreThan(0)) public var factor: Double = 1
  @Param(
    "constant, linear: how many rounds the factor lasts, or the way to the last factor; all, without.",
    .atLeast(1))
  public var iterations: Int?
  @Param("linear: the factor of the first round.", .moreThan(0)) public var startFactor: Double = 1
  @Param("linear: the factor of the last round.", .atLeast(0)) public var endFactor: Double = 0.1
  @Param("cosine: the share of the rate that is left at the end.", .atLeast(0), .atMost(1))
  public var floor: Double = 0
  @Param(
    "inverse: rate / (1 + decay * round); inverse_root: rate / the root of that.", .atLeast(0))
  public var decay: Double = 0.1

  public init() {}

  func schedule(rounds: Int) -> LearningRateSchedule {
    switch method {
    case .constant:
      factor == 1 ? .constant : .reduced(factor: factor, rounds: iterations ?? rounds)
    case .step: .step(size: stepSize, gamma: gamma)
    case .linear: .linear(start: startFactor, end: endFactor, rounds: iterations ?? rounds)
    case .cosine: .cosine(rounds: rounds, floor: floor)
    case .inverse: .inverse(decay: decay)
    case .inverseRoot: .inverseRoot(decay: decay)
    }
  }
}

public enum InitMethod: String, ParameterChoice {
  case zeros, ones, constant, uniform, normal
  case xavierUniform = "xavier_uniform"
}

/// Where training starts, at all parties alike.
public struct InitParameters: ParameterGroupValue {
  public static let shorthand: String? = "method"

  @Param("How the first weights are drawn; all parties draw the same.")
  public var method: InitMethod = .zeros
  @Param("constant: the value.") public var fillVal: Double = 0
  @Param("uniform: the lower bound.") public var low: Double = -0.1
  @Param("uniform: the upper bound.") public var high: Double = 0.1
  @Param("normal: the standard deviation.", .moreThan(0)) public var deviation: Double = 0.01
  @Param("Whether the model has an intercept.") public var fitIntercept: Bool = true

  public init() {}

  var weights: InitialWeights {
    switch method {
    case .zeros: .zeros
    case .ones: .ones
    case .constant: .constant(fillVal)
    case .uniform: .uniform(low: low, high: high)
    case .normal: .normal(mean: 0, deviation: deviation)
    case .xavierUniform: .xavierUniform
    }
  }
}

public enum PenaltyMethod: String, ParameterChoice {
  case none, l1, l2

  var penalty: Penalty { Penalty(rawValue: rawValue) ?? .none }
}

public enum EarlyStop: String, ParameterChoice {
  case none, diff, abs
  case weightDiff = "weight_diff"
}

/// Rows of one step: a number, or all.
public enum BatchSize: ParameterValue, Hashable {
  case all
  case rows(Int)

  public static var parameterKind: ParameterKind { .either([.int, .choice(["all"])]) }
  public static var isOptionalParameter: Bool { true }

  public init?(parameter: ConfigValue) {
    switch parameter {
    case .null, .int(-1), .string("all"): self = .all
    case .int(let rows): self = .rows(rows)
    default: return nil
    }
  }

  public var parameter: ConfigValue {
    switch self {
    case .all: .string("all")
    case .rows(let rows): .int(rows)
    }
  }

  /// Nil for all.
  var rows: Int? {
    if case .rows(let rows) = self { rows } else { nil }
  }
}
