import Foundation
import MoiraMath
import MoiraModel
import Testing

/// The arguments that PyTorch's optimizers have beside their usual ones.
@Suite("Rarer arguments of optimizers")
struct OptimizerOptionTests {
  private static let rate = 0.03

  /// Where given gradients lead from 0.
  private func end(_ optimizer: Optimizer, _ gradients: [Double], from start: Double = 0) -> Double
  {
    var (p, state) = ([start], OptimizerState(optimizer))
    for g in gradients { state.step(parameters: &p, gradient: [g], rate: Self.rate) }
    return p[0]
  }

  private func gradients(_ seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<9).map { _ in generator.unit() * 4 - 2 }
  }

  /// Σ βᵗ⁻ⁱ · value(gᵢ) over the steps up to t.
  private func decayed(
    _ beta: Double, _ g: [Double], _ t: Int, _ value: (Double) -> Double = { $0 }
  ) -> Double {
    (1...t).reduce(0) { $0 + pow(beta, Double(t - $1)) * value(g[$1 - 1]) }
  }

  /// −rate · Σ moves.
  private func sum(_ g: [Double], _ move: (Int) -> Double) -> Double {
    (1...g.count).reduce(0) { $0 - Self.rate * move($1) }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `each is its closed form over the history`(seed: UInt64) {
    let g = gradients(seed)
    func square(_ x: Double) -> Double { x * x }
    // The first gradient goes into the velocity whole.
    let dampened = sum(g) { t in
      decayed(0.8, g, t) * 0.7 + 0.3 * pow(0.8, Double(t - 1)) * g[0]
    }
    #expect(close(end(Optimizer(.momentum, momentum: 0.8, dampening: 0.3), g), dampened, 1e-12))
    let slower = sum(g) { t in
      g[t - 1] / (1 + 0.2 * Double(t - 1)) / ((0.5 + decayed(1, g, t, square)).squareRoot() + 1e-10)
    }
    #expect(
      close(end(Optimizer(.adagrad, lrDecay: 0.2, initialAccumulatorValue: 0.5), g), slower, 1e-12))
    let greatest = sum(g) { t in
      let m = 0.1 * decayed(0.9, g, t) / (1 - pow(0.9, Double(t)))
      let v = (1...t).map { 0.1 * decayed(0.9, g, $0, square) }.max()!
      return m / ((v / (1 - pow(0.9, Double(t)))).squareRoot() + 1e-8)
    }
    #expect(close(end(Optimizer(.adam, beta2: 0.9, amsgrad: true), g), greatest, 1e-11))
    let deviations = sum(g) { t in
      let mean = 0.1 * decayed(0.9, g, t)
      let variance = 0.1 * decayed(0.9, g, t, square) - mean * mean
      return g[t - 1] / (variance.squareRoot() + 1e-8)
    }
    #expect(close(end(Optimizer(.rmsprop, smoothing: 0.9, centered: true), g), deviations, 1e-10))
  }

  @Test(arguments: Optimizer.Method.allCases)
  func `maximizing is going down the turned gradient, with the same decay`(
    method: Optimizer.Method
  ) {
    let g = gradients(3)
    for decay in [0, 0.1] {
      let up = end(Optimizer(method, weightDecay: decay, maximize: true), g, from: 0.7)
      let down = end(Optimizer(method, weightDecay: decay), g.map { -$0 }, from: 0.7)
      #expect(up == down)
    }
  }

  /// A decay that is apart shrinks the parameter alone, and leaves the means of the gradients.
  @Test(arguments: [Optimizer.Method.nadam, .radam])
  func `a decay that is apart is a factor before each step`(method: Optimizer.Method) {
    let g = gradients(4)
    let apart = Optimizer(method, weightDecay: 0.5, decoupledWeightDecay: true)
    var (p, state, plain) = ([0.7], OptimizerState(apart), OptimizerState(Optimizer(method)))
    for one in g {
      var q = [p[0] * (1 - Self.rate * 0.5)]
      plain.step(parameters: &q, gradient: [one], rate: Self.rate)
      state.step(parameters: &p, gradient: [one], rate: Self.rate)
      #expect(close(p[0], q[0]))
    }
  }

  @Test func `second steps by hand`() {
    // Gradients 4 and 2 at rate 0.1.
    func second(_ optimizer: Optimizer) -> Double {
      var (p, state) = ([0.0], OptimizerState(optimizer))
      for g in [4.0, 2] { state.step(parameters: &p, gradient: [g], rate: 0.1) }
      return p[0]
    }
    // 4, then 0.5 · 4 + 0.75 · 2 = 3.5.
    #expect(close(second(Optimizer(.momentum, momentum: 0.5, dampening: 0.25)), -0.75))
    // 4 / √(9 + 16), then half the rate: 2 / √(25 + 4) / 2.
    #expect(
      close(
        second(Optimizer(.adagrad, lrDecay: 1, initialAccumulatorValue: 9)),
        -0.1 * (0.8 + 1 / 29.0.squareRoot()), 1e-9))
    // β₁ = 0, β₂ = ½: means 8 and 6; the greatest is 8 in both, corrected by ½ and ¾.
    #expect(
      close(
        second(Optimizer(.adam, beta1: 0, beta2: 0.5, amsgrad: true)),
        -0.1 * (1 + 2 / (8 / 0.75).squareRoot()), 1e-8))
    // Means 2 and 2, of squares 8 and 6: deviations 2 and √2.
    #expect(
      close(
        second(Optimizer(.rmsprop, smoothing: 0.5, centered: true)),
        -0.1 * (2 + 2 / 2.0.squareRoot()), 1e-7))
  }

  @Test func `gradients without deviation leave a number`() {
    let end = end(
      Optimizer(.rmsprop, smoothing: 0.1, centered: true), Array(repeating: 0.3, count: 60))
    #expect(end.isFinite)
  }

  @Test(arguments: [
    Optimizer(.adamw, amsgrad: true), Optimizer(.rmsprop, momentum: 0.5, centered: true),
    Optimizer(.adagrad, lrDecay: 0.1, initialAccumulatorValue: 1),
  ])
  func `a state that was put away goes on as if it had not been`(optimizer: Optimizer) throws {
    var (p, state) = ([1.0, -2.0], OptimizerState(optimizer))
    for _ in 0..<3 { state.step(parameters: &p, gradient: [0.3, 0.1], rate: 0.1) }
    var back = try JSONDecoder().decode(OptimizerState.self, from: try JSONEncoder().encode(state))
    var q = p
    state.step(parameters: &p, gradient: [0.2, -0.5], rate: 0.1)
    back.step(parameters: &q, gradient: [0.2, -0.5], rate: 0.1)
    #expect(p == q)
  }
}
