/// log A(α), where A(α) = E[((1 − q) + q·L)^α] and L is the ratio of N(1, σ²) to N(0, σ²) at a point
/// of the latter; q < 1.
struct RenyiMoments {
  private let logRate: Double
  private let logRest: Double
  private let rate: Double
  private let variance: Double
  private let deviation: Double

  init(mechanism: SubsampledGaussian) {
    rate = mechanism.sampleRate
    logRate = naturalLog(rate)
    logRest = logOnePlus(-rate)
    deviation = mechanism.noiseMultiplier
    variance = deviation * deviation
  }

  func logMoment(order: Double) -> Double {
    let below = order.rounded(.down)
    guard below != order else { return integerOrder(Int(order)) }
    // log A is convex, so a chord lies above it: what holds where the series has no digits left.
    let (left, right) = (integerOrder(Int(below)), integerOrder(Int(below) + 1))
    let chord = left + (right - left) * (order - below)
    guard chord > 1e-9 else { return chord }
    return min(chord, fractionalOrder(order))
  }

  /// log(1 + Σ_{k ≥ 2} C(α, k) (1 − q)^(α − k) q^k (exp((k² − k) / 2σ²) − 1)).
  ///
  /// With the 1 taken out, all terms are positive and tiny sums keep all their digits.
  func integerOrder(_ order: Int) -> Double {
    var sum = LogSum()
    var logCoefficient = 0.0
    for k in 0...order {
      if k >= 2 {
        let (count, rest) = (Double(k), Double(order - k))
        let growth = logExpMinusOne(count * (count - 1) / (2 * variance))
        sum.add(logCoefficient + rest * logRest + count * logRate + growth)
      }
      logCoefficient += naturalLog(Double(order - k) / Double(k + 1))
    }
    return logOnePlusExp(sum.value)
  }

  /// The two series of section 3.3, split where both ways of developing the power converge.
  ///
  /// From i > α on, the terms of each alternate and are moments of a measure on [0, 1], so that
  /// 24 of them give the whole rest to some 18 digits (`AlternatingSum`).
  func fractionalOrder(_ order: Double) -> Double {
    let head = Int(order) + 1
    let terms = logTerms(order: order, count: head + AlternatingSum.termCount)
    let largest = terms.max() ?? 0
    guard largest.isFinite else { return largest }
    var sum = 0.0
    for term in terms[..<head] { sum += exponential(term - largest) }
    sum += AlternatingSum.value(of: terms[head...].map { exponential($0 - largest) })
    // What rounding may have taken away is given back, so that the bound stays one.
    return largest + naturalLog(sum + 1e-12)
  }

  /// The logarithms of |C(α, i)| · (what i contributes below the split, and above it).
  private func logTerms(order: Double, count: Int) -> [Double] {
    let split = variance * (logRest - logRate) + 0.5
    let scale = deviation * 2.0.squareRoot()
    var logCoefficient = 0.0
    return (0..<count).map { index in
      let i = Double(index)
      let j = order - i
      let low =
        i * logRate + j * logRest + i * (i - 1) / (2 * variance)
        + logComplementaryError((i - split) / scale)
      let high =
        j * logRate + i * logRest + j * (j - 1) / (2 * variance)
        + logComplementaryError((split - j) / scale)
      let term = logCoefficient + logSumExp(low, high) - naturalLog(2)
      logCoefficient += naturalLog(abs(j) / (i + 1))
      return term
    }
  }
}
