/// How many values lie in each of B equal bins of a range; adds up over parties.
public struct ValueHistogram: Hashable, Codable, Sendable {
  public let low: Double
  public let high: Double
  /// B counts, then those below `low`, then those above `high`.
  public private(set) var counts: [Int]

  /// - Parameters:
  ///   - low: the range's lower end; belongs to the first bin.
  ///   - high: its upper end, not below `low`; belongs to the last bin.
  public init(low: Double, high: Double, binCount: Int) {
    precondition(low <= high && (high - low).isFinite && binCount > 0)
    self.low = low
    self.high = high
    counts = Array(repeating: 0, count: binCount + 2)
  }

  /// The histogram of `counts`, or nil where they are too few or one is negative.
  public init?(low: Double, high: Double, counts: [Int]) {
    guard counts.count >= 3, counts.allSatisfy({ $0 >= 0 }) else { return nil }
    guard low <= high, (high - low).isFinite else { return nil }
    self.low = low
    self.high = high
    self.counts = counts
  }

  public var binCount: Int { counts.count - 2 }
  public var binWidth: Double { (high - low) / Double(binCount) }
  public var total: Int { counts.reduce(0, +) }

  /// Counts a value; NaN is left out.
  public mutating func add(_ value: Double) {
    if value.isNaN { return }
    if value < low {
      counts[binCount] += 1
      return
    }
    if value > high {
      counts[binCount + 1] += 1
      return
    }
    counts[high > low ? bin(of: value) : 0] += 1
  }

  public mutating func add(contentsOf values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  public static func + (left: Self, right: Self) -> Self {
    precondition(
      left.low == right.low && left.high == right.high && left.binCount == right.binCount,
      "histograms of different bins")
    var sum = left
    for i in sum.counts.indices { sum.counts[i] += right.counts[i] }
    return sum
  }

  // By the edges themselves, for the division may round across one of them.
  private func bin(of value: Double) -> Int {
    var bin = max(0, min(binCount - 1, Int((value - low) / binWidth)))
    if value < edge(bin) {
      bin -= 1
    } else if bin + 1 < binCount, value >= edge(bin + 1) {
      bin += 1
    }
    return max(0, bin)
  }

  /// The lower edge of a bin; that of the bin behind the last one is `high`.
  public func edge(_ bin: Int) -> Double {
    bin >= binCount ? high : low + Double(bin) * binWidth
  }
}
