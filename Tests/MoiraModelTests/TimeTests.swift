import MoiraModel
import Testing

/// Times come from messages, files and plans: whatever they are, reckoning with them ends no process.
@Suite struct TimeTests {
  static let edges: [Int64] = [.min, .min + 1, -1, 0, 1, 86_400_000, .max - 1, .max]

  @Test(arguments: edges) func `sums and gaps are exact or at an end of the range`(one: Int64) {
    for other in Self.edges {
      let (first, second) = (Instant(milliseconds: one), Instant(milliseconds: other))
      let gap = one.subtractingReportingOverflow(other)
      let expected = gap.overflow ? (one < other ? Int64.min : .max) : gap.partialValue
      #expect((first - second).milliseconds == expected)
      let sum = one.addingReportingOverflow(other)
      let end = sum.overflow ? (other < 0 ? Int64.min : .max) : sum.partialValue
      #expect((first + .milliseconds(other)).milliseconds == end)
    }
  }

  @Test func `durations longer than milliseconds can say are the longest`() {
    #expect(Duration.seconds(Int64.max).milliseconds == .max)
    #expect(Duration.seconds(Int64.min).milliseconds == .min)
    #expect(Duration.milliseconds(1500).milliseconds == 1500)
    #expect((Instant(milliseconds: 5) + .seconds(Int64.max)).milliseconds == .max)
  }

  @Test(
    arguments: [
      (0, 0), (1.5, 1500), (-3, 0), (1e30, 31_622_400_000), (.infinity, 31_622_400_000), (.nan, 0),
      (-.infinity, 0), (31_622_400, 31_622_400_000),
    ] as [(Double, Int64)])
  func `what a plan has one wait is between nothing and 366 days`(seconds: Double, expected: Int64)
  {
    #expect(Duration(planned: seconds).milliseconds == expected)
  }
}
