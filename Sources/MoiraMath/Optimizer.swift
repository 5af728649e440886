/// A rule that turns gradients into steps, with its hyper-parameters; semantics and defaults of PyTorch.
public struct Optimizer: Hashable, Codable, Sendable {
  public enum Method: String, Hashable, Codable, Sendable, CaseIterable {
    /// p ← p − rate · g.
    case sgd
    /// v ← momentum · v + g; p ← p − rate · v. The first v is g.
    case momentum
    /// v as above; p ← p − rate · (g + momentum · v).
    case nesterov
    /// Source: Duchi, Hazan and Singer (2011).
    case adagrad
    /// Source: Hinton's lecture 6e; divides by √mean + ε, as PyTorch does.
    case rmsprop
    /// Source: Kingma and Ba (2015), Algorithm 1.
    case adam
    /// Source: Loshchilov and Hutter (2019), Algorithm 2: the decay apart from the gradient.
    case adamw
    /// Source: Zeiler (2012), Algorithm 1, times the rate, which PyTorch puts before the step.
    case adadelta
    /// Source: Kingma and Ba (2015), Algorithm 2: the greatest gradient in place of the mean square.
    case adamax
    /// Source: Dozat (2016), with PyTorch's schedule of the momentum.
    case nadam
    /// Source: Liu et al. (2020), Algorithm 2: momentum alone until the variance can be trusted.
    case radam
    /// Descent with a rate that falls as the steps go on, and weights that shrink by the way. The
    /// average of the steps, which PyTorch keeps aside and does not use, is not made.
    ///
    /// Source: Polyak and Juditsky (1992); `torch.optim.ASGD`.
    case asgd
    /// The sign of the gradient alone, with a length of step for each parameter. The learning rate is
    /// the first length only.
    ///
    /// Source: Riedmiller and Braun (1993), with the step back left out as PyTorch does.
    case rprop
  }

  public let method: Method
  /// Of `momentum`, `nesterov` (0.9) and `rmsprop` (0).
  public let momentum: Double
  /// Of `adam`, `adamw`, `adamax`, `nadam` and `radam`.
  public let beta1: Double
  public let beta2: Double
  /// Of `rmsprop` (0.99) and `adadelta` (0.9): how much of the running mean stays.
  public let smoothing: Double
  /// Keeps divisors from 0: 1e-10 for `adagrad`, 1e-6 for `adadelta`, otherwise 1e-8.
  public let epsilon: Double
  /// Adds weightDecay · p to the gradient; `adamw` shrinks p by rate · weightDecay instead. As in PyTorch
  /// it takes hold of all parameters, intercepts too; `Penalty` spares them.
  public let weightDecay: Double
  /// Of `nadam`: how fast the momentum comes up to `beta1`.
  public let momentumDecay: Double
  /// Of `asgd`: the rate of step t + 1 is rate / (1 + rateDecay · rate · t)^ratePower, and weights
  /// shrink by rateDecay · rate in each step.
  public let rateDecay: Double
  public let ratePower: Double
  /// Of `rprop`: what a step's length is multiplied by when the gradient turns, and when it does not.
  public let shrinking: Double
  public let growth: Double
  /// Of `rprop`: the bounds of a step's length.
  public let leastStep: Double
  public let greatestStep: Double
  /// Of `momentum`: what a step's gradient lacks when it goes into the velocity, but for the first.
  public let dampening: Double
  /// Of `adagrad`: the rate of step t is rate / (1 + lrDecay · (t − 1)).
  public let lrDecay: Double
  /// Of `adagrad`: where the sum of squares starts.
  public let initialAccumulatorValue: Double
  /// Of `adam` and `adamw`: the greatest mean square so far in place of the last.
  ///
  /// Source: Reddi, Kale and Kumar (2018), Algorithm 2; as PyTorch computes it, before the correction of
  /// the mean's bias.
  public let amsgrad: Bool
  /// Of `rmsprop`: divides by the deviation, √(mean of squares − square of the mean).
  ///
  /// Source: Graves (2013), equations 38 to 45.
  public let centered: Bool
  /// Of `nadam` and `radam`: shrinks parameters as `adamw` does.
  public let decoupledWeightDecay: Bool
  /// Up the gradient in place of down; the weight decay is not turned.
  public let maximize: Bool

  /// What is left out is PyTorch's default for the method; 0.9 where PyTorch has none for momentum.
  public init(
    _ method: Method, momentum: Double? = nil, beta1: Double = 0.9, beta2: Double = 0.999,
    smoothing: Double? = nil, epsilon: Double? = nil, weightDecay: Double? = nil,
    momentumDecay: Double = 0.004, rateDecay: Double = 1e-4, ratePower: Double = 0.75,
    shrinking: Double = 0.5, growth: Double = 1.2, leastStep: Double = 1e-6,
    greatestStep: Double = 50, dampening: Double = 0, lrDecay: Double = 0,
    initialAccumulatorValue: Double = 0, amsgrad: Bool = false, centered: Bool = false,
    decoupledWeightDecay: Bool = false, maximize: Bool = false
  ) {
    self.method = method
    self.momentum = momentum ?? (method == .momentum || method == .nesterov ? 0.9 : 0)
    self.beta1 = beta1
    self.beta2 = beta2
    self.smoothing = smoothing ?? (method == .adadelta ? 0.9 : 0.99)
    self.epsilon = epsilon ?? method.usualEpsilon
    self.weightDecay = weightDecay ?? (method == .adamw ? 0.01 : 0)
    self.momentumDecay = momentumDecay
    self.rateDecay = rateDecay
    self.ratePower = ratePower
    self.shrinking = shrinking
    self.growth = growth
    self.leastStep = leastStep
    self.greatestStep = greatestStep
    self.dampening = dampening
    self.lrDecay = lrDecay
    self.initialAccumulatorValue = initialAccumulatorValue
    self.amsgrad = amsgrad
    self.centered = centered
    self.decoupledWeightDecay = decoupledWeightDecay
    self.maximize = maximize
  }
}

extension Optimizer.Method {
  fileprivate var usualEpsilon: Double {
    switch self {
    case .adagrad: 1e-10
    case .adadelta: 1e-6
    default: 1e-8
    }
  }
}
