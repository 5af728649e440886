import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct BudgetTests {
  /// The reference is the exact accountant; a bound needs up to 7 % more noise, and never less.
  @Test func calibrationLiesJustAboveTheReference() throws {
    for row in Reference.calibrations {
      let noise = try RDPAccountant.calibrate(
        epsilon: row.epsilon, delta: 1e-5, sampleRate: 0.01, steps: 1000)
      #expect(noise >= row.noise && noise <= row.noise * 1.07)
    }
  }

  @Test(arguments: [(0.5, 1e-6, 0.05, 400), (4, 1e-5, 1, 10), (20, 1e-7, 0.3, 3)])
  func calibrationIsTheLeastNoise(
    epsilon: Double, delta: Double, rate: Double, steps: Int
  ) throws {
    let noise = try RDPAccountant.calibrate(
      epsilon: epsilon, delta: delta, sampleRate: rate, steps: steps)
    var accountant = RDPAccountant()
    try accountant.add(Reference.mechanism(noise, rate), steps: steps)
    #expect(try accountant.epsilon(delta: delta) <= epsilon)
    var less = RDPAccountant()
    try less.add(Reference.mechanism(noise * (1 - 1e-5), rate), steps: steps)
    #expect(try less.epsilon(delta: delta) > epsilon)
  }

  @Test func whatNoNoiseReachesIsRefused() {
    let failure = #expect(throws: Failure.self) {
      try RDPAccountant.calibrate(epsilon: 1e-9, delta: 1e-30, sampleRate: 1, steps: 1000)
    }
    #expect(failure?.code == "privacy-unreachable")
    #expect(
      failure?.message
        == "'epsilon' must be within reach of some noise, but no noise keeps 1000 steps to 1e-09"
        + " at a delta of 1e-30")
  }

  @Test func anyNoiseWillDoForNoSteps() throws {
    #expect(
      try RDPAccountant.calibrate(epsilon: 1, delta: 1e-5, sampleRate: 0.1, steps: 0) == 1e-3)
  }

  @Test(arguments: Reference.rows)
  func theLastAffordableStepIsWithinTheBudgetAndTheNextIsNot(row: Reference.Row) throws {
    let mechanism = try Reference.mechanism(row.noise, row.rate)
    let budget = try PrivacyBudget(epsilon: row.rdp, delta: row.delta, mechanism: mechanism)
    let steps = budget.affordableSteps
    #expect(try budget.epsilon(after: steps) <= row.rdp)
    #expect(try budget.epsilon(after: steps + 1) > row.rdp)
    #expect(abs(Double(steps - row.steps)) <= 1 + 0.01 * Double(row.steps))
  }

  @Test func epsilonRisesFromStepToStepAsTheAccountantSays() throws {
    let mechanism = try Reference.mechanism(1.2, 0.05)
    let budget = try PrivacyBudget(epsilon: 2, delta: 1e-5, mechanism: mechanism)
    #expect(try budget.epsilon(after: 0) == 0)
    var accountant = RDPAccountant()
    var last = 0.0
    for step in 1...10 {
      try accountant.add(budget.curve, steps: 1)
      let epsilon = try budget.epsilon(after: step)
      #expect(epsilon > last)
      #expect(abs(try accountant.epsilon(delta: 1e-5) - epsilon) < 1e-12)
      last = epsilon
    }
  }

  @Test func aBudgetMayAffordNothingOrAlmostEverything() throws {
    let little = try PrivacyBudget(
      epsilon: 0.1, delta: 1e-5, mechanism: try Reference.mechanism(0.5, 1))
    #expect(little.affordableSteps == 0)
    let much = try PrivacyBudget(
      epsilon: 1, delta: 1e-5, mechanism: try Reference.mechanism(1e9, 1e-300))
    #expect(much.affordableSteps == 1 << 50)
  }

  @Test func numbersOutsideTheirRangesAreRefusedByName() throws {
    let bad: [(String, () throws -> Void)] = [
      ("'noise' must lie in 0.001 … 1e9, but is 0.0", { _ = try Reference.mechanism(0, 0.1) }),
      ("'noise' must lie in 0.001 … 1e9, but is nan", { _ = try Reference.mechanism(.nan, 0.1) }),
      (
        "'sample_rate' must be more than 0 and at most 1, but is 1.5",
        { _ = try Reference.mechanism(1, 1.5) }
      ),
      (
        "'sample_rate' must be more than 0 and at most 1, but is nan",
        { _ = try PoissonSample(rate: .nan) }
      ),
      (
        "'delta' must be more than 0 and less than 1, but is 1.0",
        { _ = try RDPAccountant().epsilon(delta: 1) }
      ),
      (
        "'epsilon' must be at least 0 and finite, but is -1.0",
        { _ = try RDPAccountant().delta(epsilon: -1) }
      ),
      (
        "'epsilon' must be more than 0 and finite, but is inf",
        {
          _ = try RDPAccountant.calibrate(
            epsilon: .infinity, delta: 1e-5, sampleRate: 1, steps: 1)
        }
      ),
      ("'clip' must be more than 0 and finite, but is 0.0", { _ = try Clipping(norm: 0) }),
      (
        "'steps' must lie in 0 … 1125899906842624, but is -1",
        {
          var accountant = RDPAccountant()
          try accountant.add(Reference.mechanism(1, 1), steps: -1)
        }
      ),
      (
        "'standard_deviation' must lie in 1e-60 … 1e60, but is inf",
        { _ = try GaussianNoise(standardDeviation: .infinity) }
      ),
      (
        "'standard_deviation' must be 2^10 to 2^40 steps of the grid, but is 512.0",
        { _ = try GaussianNoise(standardDeviation: 1, gridExponent: -9) }
      ),
      (
        "'variance' must be more than 0 and at most 2^84, but is 0/1",
        { _ = try DiscreteGaussian(standardDeviation: 0) }
      ),
    ]
    for (message, attempt) in bad {
      let failure = #expect(throws: Failure.self) { try attempt() }
      #expect(failure?.message == message)
      #expect(failure?.code == "privacy-out-of-range")
    }
  }
}
