/// How many positives and negatives have a probability in each of B equal bins of 0 ... 1.
///
/// The histogram of two parties' rows together is the sum of theirs, so the parties learn from the sum what
/// `ScoreCurve` derives and no row's score. Counts are row weights.
public struct ScoreHistogram: Hashable, Codable, Sendable {
  public static let usualBinCount = 4096

  public private(set) var positives: [Double]
  public private(set) var negatives: [Double]
  /// The weight of the rows whose score is no number or lies outside of 0 ... 1; they are in no bin.
  public private(set) var unscored = 0.0

  public init(binCount: Int = ScoreHistogram.usualBinCount) {
    precondition(binCount > 0)
    positives = Array(repeating: 0, count: binCount)
    negatives = positives
  }

  /// - Parameter labels: positive where above 0.5.
  public init(
    probabilities: [Double], labels: [Double], rowWeights: [Double]? = nil,
    binCount: Int = ScoreHistogram.usualBinCount
  ) {
    precondition(probabilities.count == labels.count)
    precondition(rowWeights?.count ?? labels.count == labels.count)
    self.init(binCount: binCount)
    for i in labels.indices {
      add(probability: probabilities[i], isPositive: labels[i] > 0.5, weight: rowWeights?[i] ?? 1)
    }
  }

  public var binCount: Int { positives.count }

  public mutating func add(probability: Double, isPositive: Bool, weight: Double = 1) {
    guard probability >= 0, probability <= 1 else {
      unscored += weight
      return
    }
    let bin = min(binCount - 1, Int(probability * Double(binCount)))
    if isPositive { positives[bin] += weight } else { negatives[bin] += weight }
  }

  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum += right
    return sum
  }

  public static func += (left: inout Self, right: Self) {
    precondition(left.binCount == right.binCount, "histograms of different bins")
    for bin in 0..<left.binCount {
      left.positives[bin] += right.positives[bin]
      left.negatives[bin] += right.negatives[bin]
    }
    left.unscored += right.unscored
  }

  /// Positives, negatives, then the unscored weight: 2·B + 1 numbers that add up over the parties.
  public var counts: [Double] { positives + negatives + [unscored] }

  /// The histogram of `counts`, or nil where the shape is wrong or a count is negative or no number.
  public init?(counts: [Double]) {
    guard counts.count >= 3, counts.count % 2 == 1 else { return nil }
    guard counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
    let bins = counts.count / 2
    positives = Array(counts[..<bins])
    negatives = Array(counts[bins..<(2 * bins)])
    unscored = counts[2 * bins]
  }
}
