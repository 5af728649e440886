import MoiraMath
import MoiraModel
import Testing

/// 57 values around a million, as numpy had them.
private let values = (0..<57).map { Double(($0 * $0 * 11) % 83) / 8 + 1e6 }

@Suite struct SummaryTests {
  @Test func `mean and deviations equal numpy's`() {
    let sums = SummarySums(values, origin: 1e6)
    #expect(close(sums.mean ?? .nan, 1000004.7653508772, 1e-15))
    #expect(close(sums.standardDeviation() ?? .nan, 2.849387262486803))
    #expect(close(sums.standardDeviation(ddof: 1) ?? .nan, 2.874715647374214))
    let moments = Moments(values)
    #expect(close(moments.mean, 1000004.7653508772, 1e-15))
    #expect(close(moments.standardDeviation(ddof: 1) ?? .nan, 2.874715647374214, 1e-9))
  }

  @Test func `a near origin saves the digits that a far one loses`() {
    // Steps of ¼ on 2⁴⁰: exact as doubles, but their squares are not.
    let far = (0..<100).map { 0x1p40 + Double($0 % 5) / 4 }
    #expect(SummarySums(far, origin: 0x1p40).variance() == 0.125)
    #expect(!close(SummarySums(far, origin: 0).variance() ?? .nan, 0.125, 0.01))
    #expect(close(Moments(far).variance() ?? .nan, 0.125, 1e-3))
  }

  @Test func `missing values are counted, and otherwise left out`() {
    let sums = SummarySums([.nan, 3, -1, .nan], origin: 2)
    #expect(sums.count == 2 && sums.missing == 2)
    #expect(sums.mean == 1 && sums.minimum == -1 && sums.maximum == 3)
    #expect(SummarySums([.nan]).mean == nil)
    #expect(SummarySums([4]).variance() == 0)
    #expect(SummarySums([4]).variance(ddof: 1) == nil)
    #expect(Moments().variance() == nil)
  }

  @Test(arguments: 0...57)
  func `parts merge to the whole wherever the cut is`(cut: Int) {
    let (left, right) = (Array(values[..<cut]), Array(values[cut...]))
    let whole = SummarySums(values, origin: 999_999)
    let merged = SummarySums(left, origin: 999_999) + SummarySums(right, origin: 999_999)
    #expect(close([merged.sum, merged.squares], [whole.sum, whole.squares]))
    #expect(merged.minimum == whole.minimum && merged.maximum == whole.maximum)
    #expect(merged.count == 57)
    let moments = Moments(left) + Moments(right)
    #expect(moments.count == 57)
    #expect(close(moments.mean, whole.mean ?? .nan, 1e-15))
    #expect(close(moments.standardDeviation() ?? .nan, 2.849387262486803, 1e-9))
  }
}

@Suite struct QuantileTests {
  static let probabilities = [0, 0.01, 0.1, 0.25, 0.5, 0.77, 0.9, 0.99, 1]

  @Test func `quantiles equal numpy's`() {
    let expected = [
      1000000.0, 1000000.07, 1000001.025, 1000002.875, 1000004.5, 1000007.655, 1000008.675,
      1000009.915, 1000010.125,
    ]
    #expect(close(quantiles(Self.probabilities, of: values.reversed()) ?? [], expected, 1e-15))
  }

  @Test func `quantiles at their edges`() {
    #expect(quantiles([0.5], of: []) == nil)
    #expect(quantiles([0.5], of: [.nan]) == nil)
    #expect(quantiles([0, 0.3, 1], of: [7, .nan]) == [7, 7, 7])
    #expect(quantiles([0.5], of: [.infinity, .infinity]) == [.infinity])
    #expect(quantiles([0.5], of: [1, 2]) == [1.5])
  }

  @Test(arguments: [1, 3, 50, 1000], 1...6 as ClosedRange<UInt64>)
  func `exact quantiles lie within the histogram's bounds`(bins: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<(1 + Int(seed) * 37)).map { _ in generator.unit() * generator.unit() * 9 - 2 }
    // At the last seeds some values lie outside of the range.
    let range = seed < 4 ? (-2.0, 7.0) : (-1.5, 3.0)
    var histogram = ValueHistogram(low: range.0, high: range.1, binCount: bins)
    histogram.add(contentsOf: values)
    let exact = try #require(quantiles(Self.probabilities, of: values))
    for (probability, exact) in zip(Self.probabilities, exact) {
      let quantile = try #require(histogram.quantile(probability))
      #expect(quantile.value.isFinite)
      #expect(quantile.lowest <= exact && exact <= quantile.highest)
      #expect(abs(quantile.value - exact) <= quantile.error)
    }
  }

  @Test func `the error is half a bin where the neighbours share one`() throws {
    var histogram = ValueHistogram(low: 0, high: 10, binCount: 5)
    histogram.add(contentsOf: [3, 3.5, 3.9])
    let median = try #require(histogram.quantile(0.5))
    #expect(median.value == 3)
    #expect(median.error == 1)
  }

  @Test func `edges belong where they should, and parts add up`() {
    var one = ValueHistogram(low: 0, high: 0.3, binCount: 3)
    one.add(contentsOf: [0, 0.1, 0.2, 0.3, -1, 2, .nan, .infinity])
    #expect(one.counts == [1, 1, 2, 1, 2])
    var point = ValueHistogram(low: 4, high: 4, binCount: 2)
    point.add(contentsOf: [4, 4, 3])
    #expect(point.counts == [2, 0, 1, 0])
    #expect((one + one).counts == [2, 2, 4, 2, 4])
    #expect(ValueHistogram(low: 0, high: 0.3, counts: one.counts) == one)
    for wrong in [[], [1, 2], [1, -1, 0]] {
      #expect(ValueHistogram(low: 0, high: 1, counts: wrong) == nil)
    }
    #expect(ValueHistogram(low: 1, high: 0, counts: [1, 0, 0]) == nil)
    #expect(ValueHistogram(low: 0, high: 1, binCount: 2).quantile(0.5) == nil)
  }
}
