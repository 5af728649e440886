/// log Σ exp(xᵢ), kept apart from the largest xᵢ so that nothing overflows.
struct LogSum {
  private var largest = -Double.infinity
  private var sum = 0.0

  mutating func add(_ x: Double) {
    if x <= largest {
      sum += largest.isFinite ? exponential(x - largest) : 0
    } else {
      sum = sum * (largest.isFinite ? exponential(largest - x) : 0) + 1
      largest = x
    }
  }

  var value: Double { largest.isFinite ? largest + naturalLog(sum) : largest }
}

/// log(exp(x) + exp(y)).
func logSumExp(_ x: Double, _ y: Double) -> Double {
  let (low, high) = (min(x, y), max(x, y))
  return high.isFinite ? high + logOnePlus(exponential(low - high)) : high
}

/// log(1 + exp(x)).
func logOnePlusExp(_ x: Double) -> Double {
  x > 40 ? x : logOnePlus(exponential(x))
}

/// log(exp(x) − 1) for x ≥ 0.
func logExpMinusOne(_ x: Double) -> Double {
  x > 40 ? x : naturalLog(exponentialMinusOne(x))
}

/// log erfc(x), by the asymptotic series where erfc itself would vanish.
func logComplementaryError(_ x: Double) -> Double {
  guard x > 24 else { return naturalLog(complementaryError(x)) }
  let u = 1 / (2 * x * x)
  let series = -u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))
  return -x * x - naturalLog(x * Double.pi.squareRoot()) + logOnePlus(series)
}
