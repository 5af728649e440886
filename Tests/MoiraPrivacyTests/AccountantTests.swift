import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct AccountantTests {
  @Test(arguments: Reference.rows)
  func agreesWithTheReferenceRows(row: Reference.Row) throws {
    var accountant = RDPAccountant()
    try accountant.add(Reference.mechanism(row.noise, row.rate), steps: row.steps)
    let bound = try accountant.bound(delta: row.delta)
    #expect(bound.epsilon >= row.pld)
    #expect(bound.epsilon <= row.rdp * 1.011)
    #expect(abs(bound.epsilon - row.rdp) <= row.rdp * 0.002)
    #expect(RenyiOrders.all[1...].dropLast().contains(bound.order), "an end of the grid")
    #expect(accountant.steps == row.steps)
  }

  @Test(arguments: [0.6, 1, 3.5, 12], [0.001, 0.03, 0.4, 0.5, 0.9])
  func everyOrderAgreesWithQuadrature(noise: Double, rate: Double) throws {
    let moments = RenyiMoments(mechanism: try Reference.mechanism(noise, rate))
    for order in [1.05, 1.5, 1.99, 2, 2.01, 2.5, 3, 4.7, 8, 11.3, 20, 20.5] {
      let exact = Reference.logMoment(noise: noise, rate: rate, order: order)
      let ours = moments.logMoment(order: order)
      #expect(ours >= exact * (1 - 1e-7), "order \(order) is no bound")
      #expect(ours <= exact * (1 + 1e-5) + 1e-9, "order \(order) is loose")
    }
  }

  @Test(arguments: [0.3, 1, 20, 1000])
  func withoutSamplingItIsTheGaussianMechanism(noise: Double) throws {
    let whole = try Reference.mechanism(noise, 1)
    for order in [1.05, 2, 7.3, 500] {
      #expect(whole.renyiDivergence(order: order) == order / (2 * noise * noise))
    }
    // A sample that leaves out next to nothing gives next to the same.
    let almost = try Reference.mechanism(noise, 1 - 1e-12)
    for order in [2, 3.5, 7] {
      let ratio = almost.renyiDivergence(order: order) / whole.renyiDivergence(order: order)
      #expect(abs(ratio - 1) < 1e-6)
    }
  }

  @Test func divergencesRiseWithTheOrderAndTheRateAndFallWithTheNoise() throws {
    let curve = RDPCurve(try Reference.mechanism(1.3, 0.02)).divergences
    for (low, high) in zip(curve, curve.dropFirst()) { #expect(low <= high * (1 + 1e-9)) }
    for order in [1.3, 2, 5.5, 32] {
      let rates = try [1e-4, 1e-3, 0.1, 0.5, 0.99, 1].map {
        try Reference.mechanism(1.3, $0).renyiDivergence(order: order)
      }
      #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 < $1 })
      let noises = try [0.4, 0.7, 1, 4, 50].map {
        try Reference.mechanism($0, 0.1).renyiDivergence(order: order)
      }
      #expect(zip(noises, noises.dropFirst()).allSatisfy { $0 > $1 })
    }
  }

  @Test func stepsAddUpInAnyOrder() throws {
    let (first, second) = (
      RDPCurve(try Reference.mechanism(1.1, 0.01)), RDPCurve(try Reference.mechanism(3, 0.2))
    )
    var together = RDPAccountant()
    try together.add(first, steps: 300)
    try together.add(second, steps: 20)
    var inTurns = RDPAccountant()
    for _ in 0..<20 {
      try inTurns.add(second, steps: 1)
      try inTurns.add(first, steps: 15)
    }
    let (a, b) = (try together.epsilon(delta: 1e-6), try inTurns.epsilon(delta: 1e-6))
    #expect(abs(a - b) < 1e-9 * a)
    #expect(inTurns.steps == 320)
    var alone = RDPAccountant()
    try alone.add(first, steps: 300)
    #expect(try alone.epsilon(delta: 1e-6) < a)
  }

  @Test func fourTimesTheStepsAtTwiceTheNoiseAreTheSame() throws {
    var one = RDPAccountant()
    try one.add(Reference.mechanism(2, 1), steps: 5)
    var other = RDPAccountant()
    try other.add(Reference.mechanism(4, 1), steps: 20)
    #expect(try one.epsilon(delta: 1e-5) == other.epsilon(delta: 1e-5))
  }

  @Test func deltaIsTheInverseOfEpsilon() throws {
    var accountant = RDPAccountant()
    try accountant.add(Reference.mechanism(1, 0.01), steps: 1000)
    for delta in [1e-3, 1e-5, 1e-9] {
      let epsilon = try accountant.epsilon(delta: delta)
      let back = try accountant.delta(epsilon: epsilon)
      #expect(abs(back - delta) < 1e-9 * delta)
      #expect(try accountant.delta(epsilon: epsilon * 1.1) < delta)
    }
  }

  @Test func nothingPublishedGivesNothingAway() throws {
    var accountant = RDPAccountant()
    #expect(try accountant.epsilon(delta: 1e-9) == 0)
    #expect(try accountant.delta(epsilon: 0) == 0)
    try accountant.add(Reference.mechanism(1, 0.5), steps: 0)
    #expect(try accountant.epsilon(delta: 1e-9) == 0)
  }

  @Test(arguments: [1e-4, 1e-8, 1e-30, 1e-300])
  func tinyRatesKeepTheirDigits(rate: Double) throws {
    let mechanism = try Reference.mechanism(1, rate)
    // α (α − 1) q² (e − 1) / 2 is what is left of the moment.
    let exact = 3 * rate * rate * 1.718281828459045 / 2
    #expect(abs(mechanism.renyiDivergence(order: 3) - exact) <= 0.01 * exact)
    var accountant = RDPAccountant()
    try accountant.add(mechanism, steps: 1000)
    let epsilon = try accountant.epsilon(delta: 1e-6)
    #expect(epsilon >= 0 && epsilon < 1.5)
  }

  @Test func extremesDoNotTrap() throws {
    for noise in [1e-3, 0.05, 1e3, 1e9] {
      for rate in [Double.leastNonzeroMagnitude, 1e-12, 0.5, 1 - 0x1p-53, 1] {
        var accountant = RDPAccountant()
        try accountant.add(Reference.mechanism(noise, rate), steps: 1 << 50)
        for delta in [Double.leastNonzeroMagnitude, 1e-5, 1 - 0x1p-53] {
          let epsilon = try accountant.epsilon(delta: delta)
          #expect(epsilon >= 0 && !epsilon.isNaN)
        }
        for epsilon in [0, 1e-300, 1, 1e300] {
          let delta = try accountant.delta(epsilon: epsilon)
          #expect(delta >= 0 && delta <= 1)
        }
      }
    }
  }

  @Test func alternatingSumsAgreeWithKnownSeries() {
    let harmonic = (1...24).map { 1 / Double($0) }
    #expect(abs(AlternatingSum.value(of: harmonic) - 0.6931471805599453) < 1e-15)
    let odd = (0..<24).map { 1 / Double(2 * $0 + 1) }
    #expect(abs(AlternatingSum.value(of: odd) - Double.pi / 4) < 1e-15)
  }

  @Test func theTailOfTheErrorFunctionGoesOnWithoutAStep() {
    let (below, above) = (logComplementaryError(24), logComplementaryError(24.000001))
    // The derivative there is −2x − 1/x, nearly.
    #expect(abs(above - below + 1e-6 * (48 + 1.0 / 24)) < 1e-9)
    #expect(logComplementaryError(1e9).isFinite)
    #expect(abs(logComplementaryError(-1e9) - 0.6931471805599453) < 1e-15)
  }
}
