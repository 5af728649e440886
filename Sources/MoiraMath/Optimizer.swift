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
  }

  public let method: Method
  /// Of `momentum`, `nesterov` (0.9) and `rmsprop` (0).
  public let momentum: Double
  /// Of `adam` and `adamw`.
  public let beta1: Double
  public let beta2: Double
  /// Of `rmsprop`: how much of the running mean stays.
  public let smoothing: Double
  /// Keeps divisors from 0: 1e-10 for `adagrad`, otherwise 1e-8.
  public let epsilon: Double
  /// Adds weightDecay · p to the gradient; `adamw` shrinks p by rate · weightDecay instead. As in PyTorch
  /// it takes hold of all parameters, intercepts too; `Penalty` spares them.
  public let weightDecay: Double

  /// What is left out is PyTorch's default for the method; 0.9 where PyTorch has none for momentum.
  public init(
    _ method: Method, momentum: Double? = nil, beta1: Double = 0.9, beta2: Double = 0.999,
    smoothing: Double = 0.99, epsilon: Double? = nil, weightDecay: Double? = nil
  ) {
    self.method = method
    self.momentum = momentum ?? (method == .momentum || method == .nesterov ? 0.9 : 0)
    self.beta1 = beta1
    self.beta2 = beta2
    self.smoothing = smoothing
    self.epsilon = epsilon ?? (method == .adagrad ? 1e-10 : 1e-8)
    self.weightDecay = weightDecay ?? (method == .adamw ? 0.01 : 0)
  }
}
