internal import MoiraMath

/// Sum, skewness and excess kurtosis of some values; those that are NaN are left out.
///
/// g₁ = m₃ / m₂^1.5 and g₂ = m₄ / m₂² − 3 with the central moments mₖ of the values; without bias the
/// estimates G₁ and G₂ of Joanes and Gill (1998), as spreadsheets and pandas have them.
struct ValueShape {
  let sum: Double
  let skewness: Double?
  let kurtosis: Double?

  init(_ values: some Sequence<Double>, _ moments: Moments, bias: Bool) {
    var (sum, third, fourth) = (0.0, 0.0, 0.0)
    for value in values where !value.isNaN {
      let distance = value - moments.mean
      sum += value
      third += distance * distance * distance
      fourth += distance * distance * distance * distance
    }
    self.sum = sum
    let n = Double(moments.count)
    let second = moments.squaredDeviations / n
    guard moments.count > 0, second > 0 else {
      (skewness, kurtosis) = (nil, nil)
      return
    }
    let g1 = third / n / (second * second.squareRoot())
    let g2 = fourth / n / (second * second) - 3
    if bias {
      (skewness, kurtosis) = (g1, g2)
    } else {
      skewness = n > 2 ? g1 * (n * (n - 1)).squareRoot() / (n - 2) : nil
      kurtosis = n > 3 ? (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6) : nil
    }
  }
}
