/// Exact quantiles of some values, by straight interpolation between neighbours: type 7 of Hyndman and
/// Fan (1996), numpy's default.
///
/// Missing values (NaN) are left out; nil where none is left. O(n log n).
public func quantiles(_ probabilities: [Double], of values: [Double]) -> [Double]? {
  precondition(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty else { return nil }
  return probabilities.map { probability in
    let place = quantilePlace(probability, count: sorted.count)
    let (low, high) = (sorted[place.low], sorted[place.high])
    // Equal neighbours stay as they are, infinite ones too.
    return low == high ? low : low + place.share * (high - low)
  }
}

/// Between which two places of n sorted values a quantile lies, and how far from the first.
func quantilePlace(_ probability: Double, count: Int) -> (low: Int, high: Int, share: Double) {
  let position = probability * Double(count - 1)
  let low = min(Int(position), count - 1)
  return (low, min(low + 1, count - 1), position - Double(low))
}
