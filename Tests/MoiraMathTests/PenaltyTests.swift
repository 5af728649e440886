import Foundation
import MoiraMath
import MoiraModel
import Testing

@Suite struct PenaltyTests {
  @Test func `values by hand`() {
    #expect(Penalty.none.value(of: [3, -4], alpha: 0.5) == 0)
    #expect(Penalty.l1.value(of: [3, -4], alpha: 0.5) == 3.5)
    #expect(Penalty.l2.value(of: [3, -4], alpha: 0.5) == 6.25)
  }

  @Test(arguments: Penalty.allCases)
  func `the intercept is spared`(penalty: Penalty) {
    var gradient = [1.0, 1, 1]
    penalty.addGradient(at: [2, -3, 50], alpha: 0.1, weightCount: 2, to: &gradient)
    #expect(close(gradient, penalty == .l2 ? [1.2, 0.7, 1] : [1, 1, 1]))
    var parameters = [2.0, -3, 50]
    penalty.shrink(&parameters, alpha: 10, rate: 0.25, weightCount: 2)
    #expect(parameters == (penalty == .l1 ? [0, -0.5, 50] : [2, -3, 50]))
  }

  @Test func `the l1 step minimizes its definition`() {
    // prox(v) = argmin ½(w − v)² + t·|w|: no point of a grid around may be better.
    for v in [-2, -0.3, -0.1, 0, 0.05, 0.31, 4] as [Double] {
      var w = [v]
      Penalty.l1.shrink(&w, alpha: 0.6, rate: 0.5, weightCount: 1)
      func cost(_ w: Double) -> Double { 0.5 * (w - v) * (w - v) + 0.3 * abs(w) }
      #expect((-500...500).allSatisfy { cost(w[0]) <= cost(Double($0) / 100) + 1e-15 })
    }
  }

  @Test func `ISTA ends where the optimality conditions of lasso hold`() {
    let data = RandomRows(seed: 3, n: 200, d: 6)
    let truth = [1.0, 0, -2, 0, 0, 0.02]
    let labels = data.rows.map { dot($0, truth) }
    let (alpha, rate) = (0.05, 0.2)
    var p = [Double](repeating: 0, count: 7)
    DenseBlocks(rows: data.rows).withMatrix { rows in
      func gradient() -> [Double] {
        squaredGradient(
          rows: rows, labels: labels, weights: Array(p[..<6]), intercept: p[6], workers: .serial
        ).meanGradient
      }
      var state = OptimizerState(Optimizer(.sgd))
      for _ in 0..<400 {
        state.step(parameters: &p, gradient: gradient(), rate: rate)
        Penalty.l1.shrink(&p, alpha: alpha, rate: rate, weightCount: 6)
      }
      let g = gradient()
      #expect(abs(g[6]) < 1e-9)
      for j in 0..<6 where p[j] != 0 { #expect(close(g[j], p[j] > 0 ? -alpha : alpha, 1e-9)) }
      for j in 0..<6 where p[j] == 0 { #expect(abs(g[j]) <= alpha + 1e-9) }
      #expect(p[1] == 0)
    }
  }
}

@Suite struct LearningRateScheduleTests {
  static let cases: [(LearningRateSchedule, [(Int, Double)])] = [
    (.constant, [(0, 0.8), (99, 0.8)]),
    (.step(size: 3, gamma: 0.5), [(0, 0.8), (2, 0.8), (3, 0.4), (6, 0.2)]),
    (.linear(start: 0.5, end: 1, rounds: 4), [(0, 0.4), (2, 0.6), (4, 0.8), (9, 0.8)]),
    (.linear(start: 1, end: 0, rounds: 0), [(0, 0.8)]),
    (.cosine(rounds: 10, floor: 0.2), [(0, 0.8), (5, 0.5), (10, 0.2), (50, 0.2)]),
    (.inverse(decay: 0.5), [(0, 0.8), (2, 0.4), (6, 0.2)]),
    (.inverseRoot(decay: 0.5), [(0, 0.8), (6, 0.4), (30, 0.2)]),
    (.reduced(factor: 0.25, rounds: 3), [(0, 0.2), (2, 0.2), (3, 0.8), (99, 0.8)]),
  ]

  @Test(arguments: cases)
  func `rates by hand`(schedule: LearningRateSchedule, rates: [(Int, Double)]) {
    for (round, rate) in rates { #expect(close(schedule.rate(base: 0.8, round: round), rate)) }
  }

  /// What PyTorch's pages on ConstantLR, LinearLR and StepLR give for a rate of 0.05.
  static let documented: [(LearningRateSchedule, [Double])] = [
    (.reduced(factor: 0.5, rounds: 4), [0.025, 0.025, 0.025, 0.025, 0.05, 0.05]),
    (.linear(start: 0.5, end: 1, rounds: 4), [0.025, 0.03125, 0.0375, 0.04375, 0.05, 0.05]),
    (.step(size: 2, gamma: 0.1), [0.05, 0.05, 0.005, 0.005, 0.0005]),
  ]

  @Test(arguments: documented)
  func `rates are those that PyTorch documents`(schedule: LearningRateSchedule, rates: [Double]) {
    for (round, rate) in rates.enumerated() {
      #expect(close(schedule.rate(base: 0.05, round: round), rate))
    }
  }

  @Test func `PyTorch's recurrence of LinearLR gives the same rates`() {
    for (start, end, rounds) in [(1 / 3.0, 1.0, 5), (1.0, 0.1, 8), (0.5, 0, 3)] {
      let schedule = LearningRateSchedule.linear(start: start, end: end, rounds: rounds)
      var rate = 0.3 * start
      for round in 0..<20 {
        if round > 0, round <= rounds {
          let past = Double(rounds) * start + Double(round - 1) * (end - start)
          rate *= 1 + (end - start) / past
        }
        #expect(close(schedule.rate(base: 0.3, round: round), rate, 1e-12))
      }
    }
  }

  @Test func `a cosine never rises`() {
    let schedule = LearningRateSchedule.cosine(rounds: 37, floor: 0.01)
    let rates = (0..<60).map { schedule.rate(base: 1, round: $0) }
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(rates.min() == 0.01)
  }
}
