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
    (
      Optimizer(.adadelta),
      [0.5040813265496464, 1.995918313965766, -2.9959180875870413]
    ),
    (
      Optimizer(.adadelta, weightDecay: 0.05),
      [0.5040811969596095, 1.9959183213224614, -2.9959181171720513]
    ),
    (
      Optimizer(.adamax),
      [1.5593395599927673, 0.9172401433954676, -1.9002408823632815]
    ),
    (
      Optimizer(.adamax, weightDecay: 0.05),
      [1.55093152222643, 0.9177284875097544, -1.9027427692207735]
    ),
    (
      Optimizer(.nadam),
      [1.4108945306261298, 1.0763924488616075, -2.0675654672646107]
    ),
    (
      Optimizer(.nadam, weightDecay: 0.05),
      [1.4061689850719254, 1.076650921072595, -2.068844023909676]
    ),
    (
      Optimizer(.radam),
      [1.6468595959968655, -1.7582148591694382, -2.5445082595315798]
    ),
    (
      Optimizer(.radam, weightDecay: 0.05),
      [1.629248190697326, -1.7652502141247992, -2.474347634726187]
    ),
    (
      Optimizer(.asgd),
      [2.293766208436131, -0.9934438591489263, -2.082761508565189]
    ),
    (
      Optimizer(.asgd, weightDecay: 0.05),
      [2.2343136796445298, -0.981747066804138, -1.9537469596842063]
    ),
    (
      Optimizer(.rprop),
      [2.8378791935999996, -1.2150418534399996, 0.9580502241279992]
    ),
    (
      Optimizer(.rprop, weightDecay: 0.05),
      [2.8378791935999996, -1.2150418534399996, 0.9580502241279992]
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
      case .nadam, .radam:
        let (m, v) = (0.1 * decayed(0.9) { $0 }, 0.001 * decayed(0.999, square))
        let root = (v / (1 - pow(0.999, Double(t)))).squareRoot()
        move =
          method == .nadam ? nadam(m, g[t - 1], t) / (root + 1e-8) : radam(m, v, t)
      case .adamax:
        let most = (1...t).map { pow(0.999, Double(t - $0)) * (abs(g[$0 - 1]) + 1e-8) }.max()!
        move = 0.1 * decayed(0.9) { $0 } / (1 - pow(0.9, Double(t))) / most
      case .adadelta:
        let before = (1..<t).reduce(0) {
          $0 + 0.1 * pow(0.9, Double(t - 1 - $1)) * square(moves(g)[$1 - 1])
        }
        move = adadelta(g, t, before)
      case .asgd:
        // How much of this step is left after the shrinking of the later ones.
        let left = (t..<g.count).reduce(1) { $0 * (1 - 1e-4 * fallen(rate, $1)) }
        move = fallen(rate, t - 1) / rate * g[t - 1] * left
      case .rprop: move = rprop(Array(g[..<t]), rate) / rate
      }
      return p - rate * move
    }
  }

  /// Dozat's step with PyTorch's momenta, their product as a product over all steps.
  private static func nadam(_ m: Double, _ g: Double, _ t: Int) -> Double {
    func mu(_ t: Int) -> Double { 0.9 * (1 - pow(0.96, 0.004 * Double(t)) / 2) }
    func product(_ t: Int) -> Double { (1...t).reduce(1) { $0 * mu($1) } }
    return mu(t + 1) * m / (1 - product(t + 1)) + (1 - mu(t)) * g / (1 - product(t))
  }

  private static func radam(_ m: Double, _ v: Double, _ t: Int) -> Double {
    let kept = pow(0.999, Double(t))
    let (most, steps) = (1999.0, 1999 - 2 * Double(t) * kept / (1 - kept))
    let plain = m / (1 - pow(0.9, Double(t)))
    if steps <= 5 { return plain }
    let trust = (steps - 4) / (most - 4) * (steps - 2) / (most - 2) * most / steps
    return plain * (trust * (1 - kept)).squareRoot() / (v.squareRoot() + 1e-8)
  }

  private static func adadelta(_ g: [Double], _ t: Int, _ moved: Double) -> Double {
    let mean = (1...t).reduce(0) { $0 + 0.1 * pow(0.9, Double(t - $1)) * g[$1 - 1] * g[$1 - 1] }
    return g[t - 1] * ((moved + 1e-6) / (mean + 1e-6)).squareRoot()
  }

  /// All moves of Adadelta: each needs those before it.
  private static func moves(_ g: [Double]) -> [Double] {
    var (made, mean): ([Double], Double) = ([], 0)
    for t in 1...g.count {
      made.append(adadelta(g, t, mean))
      mean = 0.9 * mean + 0.1 * made[t - 1] * made[t - 1]
    }
    return made
  }

  /// The rate of ASGD after so many steps.
  private static func fallen(_ rate: Double, _ steps: Int) -> Double {
    rate * pow(1 + 1e-4 * rate * Double(steps), -0.75)
  }

  /// The last step of Rprop: a word for each pair of signs, a power for each of the two words.
  private static func rprop(_ g: [Double], _ rate: Double) -> Double {
    var (grown, cut, last) = (0, 0, 0.0)
    for one in g {
      let turns = last * one
      if turns > 0 { grown += 1 }
      if turns < 0 { cut += 1 }
      last = turns < 0 ? 0 : one
    }
    let length = rate * pow(1.2, Double(grown)) * pow(0.5, Double(cut))
    return last > 0 ? length : last < 0 ? -length : 0
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
    #expect(close(first(Optimizer(.adamax)), 0.9, 1e-8))
    #expect(close(first(Optimizer(.radam)), 0.6))
    #expect(close(first(Optimizer(.asgd)), 1 - 0.1 * 4 - 0.1 * 1e-4))
    #expect(close(first(Optimizer(.rprop)), 0.9))
    // Of adadelta √ε / √(16/10 + ε) · 4, ε being 10⁻⁶.
    #expect(close(first(Optimizer(.adadelta)), 1 - 0.1 * 0.001 * 4 / 1.6000010.squareRoot(), 1e-9))
  }

  @Test func `rprop's steps stay within their bounds, and a turn holds the parameter still`() {
    var state = OptimizerState(
      Optimizer(.rprop, shrinking: 0.1, growth: 3, leastStep: 0.05, greatestStep: 0.5))
    var (p, path): ([Double], [Double]) = ([0], [])
    for g in [1.0, 1, 1, -1, -1, 1, 1] {
      state.step(parameters: &p, gradient: [g], rate: 0.1)
      path.append(p[0])
    }
    let expected = [-0.1, -0.4, -0.9, -0.9, -0.85, -0.85, -0.9]
    #expect(close(path, expected))
  }

  @Test func `radam is momentum until the variance can be trusted`() {
    var (p, state) = ([0.0], OptimizerState(Optimizer(.radam)))
    for step in 1...5 {
      state.step(parameters: &p, gradient: [1e-3], rate: 1)
      #expect(close(p[0], -1e-3 * Double(step)))
    }
    state.step(parameters: &p, gradient: [1e-3], rate: 1)
    #expect(!close(p[0], -6e-3, 1e-5))
  }

  @Test func `asgd's rate is that of the step before, where a schedule changes it`() {
    var state = OptimizerState(Optimizer(.asgd, rateDecay: 0.5, ratePower: 1))
    var p = [0.0]
    state.step(parameters: &p, gradient: [1], rate: 0.2)
    #expect(close(p[0], -0.2))
    state.step(parameters: &p, gradient: [1], rate: 0.8)
    let eta = 0.2 / (1 + 0.5 * 0.2)
    #expect(close(p[0], -0.2 * (1 - 0.5 * eta) - eta))
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
