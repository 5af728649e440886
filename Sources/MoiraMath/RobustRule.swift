/// A rule that makes one vector of several, some of which may be false on purpose.
///
/// All look at each vector by itself, so they need to see them all; a sum is not enough. Of n
/// vectors f may be Byzantine: anything, chosen with knowledge of all others and of the rule.
public enum RobustRule: Hashable, Sendable {
  /// The mean: a single Byzantine vector moves it anywhere.
  case mean
  /// Of each coordinate the median; of an even number the mean of the middle two.
  ///
  /// Source: Yin, Chen, Ramchandran, Bartlett, ICML 2018 (arXiv:1803.01498), definition 1.
  case median
  /// Of each coordinate the mean without the ⌊βn⌋ least and the ⌊βn⌋ greatest values; β < 1/2.
  ///
  /// Source: the same, definition 2.
  case trimmedMean(fraction: Double)
  /// The vectors with the least sum of squared distances to their n − f − 2 nearest others: the one
  /// best, or the mean of the `selected` best (multi-Krum).
  ///
  /// Source: Blanchard, El Mhamdi, Guerraoui, Stainer, NIPS 2017 (arXiv:1703.02757), section 4.
  case krum(byzantine: Int, selected: Int)

  /// The rule's name in pipelines.
  public var name: String {
    switch self {
    case .mean: "mean"
    case .median: "median"
    case .trimmedMean: "trimmed_mean"
    case .krum: "krum"
    }
  }

  /// How many vectors the rule needs at least: 2f + 3 for Krum, and f + 2 + selected.
  public var leastVectors: Int {
    switch self {
    case .mean, .median: 1
    case .trimmedMean: 1
    case .krum(let byzantine, let selected): max(2 * byzantine + 3, byzantine + 2 + selected)
    }
  }

  /// What the rule makes of the vectors.
  ///
  /// - Parameter vectors: at least `leastVectors`, of one length; finite.
  /// - Complexity: O(d n log n), for Krum O(d n²).
  public func combine(_ vectors: [[Double]]) -> [Double] {
    precondition(vectors.count >= leastVectors, "as many vectors as the rule needs")
    precondition(vectors.allSatisfy { $0.count == vectors[0].count }, "vectors of one length")
    switch self {
    case .mean: return byCoordinate(vectors) { Self.mean($0[...]) }
    case .median: return byCoordinate(vectors, Self.median)
    case .trimmedMean(let fraction):
      let cut = Self.trimCount(fraction, of: vectors.count)
      return byCoordinate(vectors) { values in
        Self.mean(values.sorted()[cut..<(values.count - cut)])
      }
    case .krum(let byzantine, let selected):
      let chosen = Self.krumOrder(vectors, byzantine: byzantine).prefix(selected).sorted()
      return byCoordinate(chosen.map { vectors[$0] }) { Self.mean($0[...]) }
    }
  }

  /// ⌊βn⌋, but never so many that nothing is left.
  static func trimCount(_ fraction: Double, of count: Int) -> Int {
    precondition(fraction >= 0 && fraction < 0.5, "a fraction below one half")
    return min(Int(fraction * Double(count)), (count - 1) / 2)
  }

  private func byCoordinate(
    _ vectors: [[Double]], _ body: ([Double]) -> Double
  ) -> [Double] {
    (0..<vectors[0].count).map { place in body(vectors.map { $0[place] }) }
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The numbers of the vectors by score, the best first; of equal scores the earlier first.
  static func krumOrder(_ vectors: [[Double]], byzantine: Int) -> [Int] {
    let scores = krumScores(vectors, byzantine: byzantine)
    return vectors.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
  }

  static func krumScores(_ vectors: [[Double]], byzantine: Int) -> [Double] {
    let near = vectors.count - byzantine - 2
    var distances = vectors.map { _ in [Double](repeating: 0, count: vectors.count) }
    for i in vectors.indices {
      for j in 0..<i {
        let distance = squaredDistance(vectors[i], vectors[j])
        distances[i][j] = distance
        distances[j][i] = distance
      }
    }
    return vectors.indices.map { i in
      var others = distances[i]
      others.remove(at: i)
      return others.sorted().prefix(near).reduce(0, +)
    }
  }

  private static func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for (a, b) in zip(left, right) { sum += (a - b) * (a - b) }
    return sum
  }
}
