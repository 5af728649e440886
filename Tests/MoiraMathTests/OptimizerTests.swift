import Foundation
import MoiraMath
import MoiraModel
import Testing

@Suite struct OptimizerTests {
  /// Where twelve steps at rate 0.1 on Σ aᵢ/2·(pᵢ − tᵢ)² end, by PyTorch's formulas in numpy.
  static let ends: [(Optimizer, [Double])] = [
    (Optimizer(.sgd), [2.2939261587975004, -0.993469652992, -2.0829942103932786]),
    (
      Optimizer(.sgd, weightDecay: 0.05),
      [2.2344665688162326, -0.9817722002342693, -1.9539614000677465]
    ),
    (Optimizer(.momentum), [3.99936417168, -1.4982259375000004, 0.5401348578660736]),
    (
      Optimizer(.momentum, weightDecay: 0.05),
      [3.705964559242612, -1.5681395839042245, 0.8856916930156294]
    ),
    (Optimizer(.nesterov), [3.4836829334943866, -1.074820352693001, 0.5683390922287823]),
    (
      Optimizer(.nesterov, weightDecay: 0.05),
      [3.24207649848689, -1.0619906427505117, 0.842940926050073]
    ),
    (Optimizer(.adagrad), [1.0351512050171743, 1.460293712922105, -2.457096117229526]),
    (
      Optimizer(.adagrad, weightDecay: 0.05),
      [1.0334720985220698, 1.4603868997450344, -2.4575611453368658]
    ),
    (Optimizer(.rmsprop), [2.9802969223172973, -0.917436565320985, 0.29154729999600126]),
    (
      Optimizer(.rmsprop, weightDecay: 0.05),
      [2.8459561811322702, -0.9073640391438013, 0.2338091859316901]
    ),
    (
      Optimizer(.rmsprop, momentum: 0.9),
      [1.4924168288395285, 0.6621855174207116, -0.8782193067087128]
    ),
    (
      Optimizer(.rmsprop, momentum: 0.9, weightDecay: 0.05),
      [1.4970496882954605, 0.676726455075075, -1.0317972892645584]
    ),
    (Optimizer(.adam), [1.6684085416282548, 0.8246961008265875, -1.820232884160467]),
    (
      Optimizer(.adam, weightDecay: 0.05),
      [1.6657000947709615, 0.824830735247123, -1.8208633306278987]
    ),
    (Optimizer(.adamw), [1.656323380598944, 0.8078789056373534, -1.7916385484957644]),
    (
      Optimizer(.adamw, weightDecay: 0.05),
      [1.6090000420212394, 0.7427490628174664, -1.680716123225445]
    ),
  ]

  @Test(arguments: ends)
  func `twelve steps end where PyTorch's formulas do`(optimizer: Optimizer, end: [Double]) {
    let (a, target) = ([1.0, 4, 0.25], [3.0, -1, 0.5])
    var (p, state) = ([0.5, 2.0, -3.0], OptimizerState(optimizer))
    for _ in 0..<12 {
      state.step(
        parameters: &p, gradient: p.indices.map { a[$0] * (p[$0] - target[$0]) }, rate: 0.1)
    }
    #expect(close(p, end))
    #expect(state.stepCount == 12)
  }

  /// Where given gradients lead, as sums over all steps so far instead of a running state.
  static func closedForm(_ method: Optimizer.Method, _ g: [Double], rate: Double) -> Double {
    (1...g.count).reduce(0) { p, t in
      func decayed(_ beta: Double, _ value: (Double) -> Double) -> Double {
        (1...t).reduce(0) { $0 + pow(beta, Double(t - $1)) * value(g[$1 - 1]) }
      }
      let square = { (x: Double) in x * x }
      let move: Double
      switch method {
      case .sgd: move = g[t - 1]
      case .momentum: move = decayed(0.9) { $0 }
      case .nesterov: move = g[t - 1] + 0.9 * decayed(0.9) { $0 }
      case .adagrad: move = g[t - 1] / (decayed(1, square).squareRoot() + 1e-10)
      case .rmsprop: move = g[t - 1] / ((0.01 * decayed(0.99, square)).squareRoot() + 1e-8)
      case .adam, .adamw:
        let m = 0.1 * decayed(0.9) { $0 } / (1 - pow(0.9, Double(t)))
        let v = 0.001 * decayed(0.999, square) / (1 - pow(0.999, Double(t)))
        move = m / (v.squareRoot() + 1e-8)
      }
      return p - rate * move
    }
  }

  @Test(arguments: Optimizer.Method.allCases)
  func `steps equal the closed forms over the history`(method: Optimizer.Method) {
    for seed in 1...20 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let gradients = (0..<9).map { _ in generator.unit() * 4 - 2 }
      var (p, state) = ([0.0], OptimizerState(Optimizer(method, weightDecay: 0)))
      for g in gradients { state.step(parameters: &p, gradient: [g], rate: 0.03) }
      #expect(close(p[0], Self.closedForm(method, gradients, rate: 0.03), 1e-10))
    }
  }

  @Test func `first steps by hand`() {
    func first(_ optimizer: Optimizer) -> Double {
      var (p, state) = ([1.0], OptimizerState(optimizer))
      state.step(parameters: &p, gradient: [4], rate: 0.1)
      return p[0]
    }
    #expect(close(first(Optimizer(.sgd)), 0.6))
    #expect(close(first(Optimizer(.sgd, weightDecay: 0.5)), 0.55))
    #expect(close(first(Optimizer(.momentum)), 0.6))
    #expect(close(first(Optimizer(.nesterov)), 1 - 0.1 * (4 + 3.6)))
    #expect(close(first(Optimizer(.adagrad)), 0.9, 1e-10))
    #expect(close(first(Optimizer(.rmsprop)), 1 - 0.1 * 4 / 0.4, 1e-6))
    #expect(close(first(Optimizer(.adam)), 0.9, 1e-8))
    #expect(close(first(Optimizer(.adamw)), 0.999 - 0.1, 1e-8))
  }

  @Test(arguments: Optimizer.Method.allCases)
  func `a state that was put away goes on as if it had not been`(method: Optimizer.Method) throws {
    var (p, state) = ([1.0, -2.0], OptimizerState(Optimizer(method)))
    for _ in 0..<3 { state.step(parameters: &p, gradient: [0.3, 0.1], rate: 0.1) }
    var back = try JSONDecoder().decode(
      OptimizerState.self, from: try JSONEncoder().encode(state))
    var q = p
    state.step(parameters: &p, gradient: [0.2, -0.5], rate: 0.1)
    back.step(parameters: &q, gradient: [0.2, -0.5], rate: 0.1)
    #expect(p == q)
    #expect(state == back)
  }
}
