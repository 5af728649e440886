/// The sum of an alternating series from its first terms.
///
/// Source: Cohen, Rodriguez Villegas, Zagier, "Convergence acceleration of alternating series"
/// (Experimental Mathematics 9, 2000), algorithm 1. Where the terms are the moments of a positive
/// measure on [0, 1] the relative error is at most 2 · 5.828⁻ⁿ for n terms.
enum AlternatingSum {
  static let termCount = 24

  /// a₀ − a₁ + a₂ − … for the given aᵢ ≥ 0 and all that follow them.
  static func value(of terms: [Double]) -> Double {
    let n = Double(terms.count)
    var d = 1.0
    for _ in terms { d *= 3 + 8.0.squareRoot() }
    d = (d + 1 / d) / 2
    var (b, c, sum) = (-1.0, -d, 0.0)
    for (index, term) in terms.enumerated() {
      let k = Double(index)
      c = b - c
      sum += c * term
      b *= (k + n) * (k - n) / ((k + 0.5) * (k + 1))
    }
    return sum / d
  }
}
