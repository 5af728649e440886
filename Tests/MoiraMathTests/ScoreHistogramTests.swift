import MoiraMath
import MoiraModel
import Testing

@Suite struct ScoreHistogramTests {
  @Test(arguments: [1, 2, 16, 4096], 1...8 as ClosedRange<UInt64>)
  func `exact AUC and KS lie within the stated bounds`(bins: Int, seed: UInt64) throws {
    let (scores, labels, weights) = Scored.random(seed: seed, n: 300, steps: 1e9)
    let exact = ScoreCurve(scores: scores, labels: labels, rowWeights: weights)
    let histogram = ScoreHistogram(
      probabilities: scores, labels: labels, rowWeights: weights, binCount: bins)
    let (auc, ks) = (try #require(histogram.auc), try #require(histogram.ks))
    #expect(abs(auc.value - (exact.auc ?? .nan)) <= auc.error + 1e-12)
    #expect(abs(ks.value - (exact.ks ?? .nan)) <= ks.error + 1e-12)
    if bins == 4096 { #expect(auc.error < 1e-3) }
  }

  @Test func `the AUC's bound is reached when each bin is ordered as badly as can be`() throws {
    // Two bins; in each, all positives lie below all negatives.
    let scores = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]
    let labels: [Double] = [1, 1, 0, 0, 1, 1, 0, 0]
    let auc = try #require(ScoreHistogram(probabilities: scores, labels: labels, binCount: 2).auc)
    let exact = try #require(ScoreCurve(scores: scores, labels: labels).auc)
    #expect(close(auc.value - exact, auc.error))
  }

  @Test func `scores on the bins' edges give the exact curve`() {
    let (scores, labels, weights) = Scored.random(seed: 3, n: 500, steps: 64)
    let exact = ScoreCurve(scores: scores, labels: labels, rowWeights: weights)
    let histogram = ScoreHistogram(
      probabilities: scores, labels: labels, rowWeights: weights, binCount: 64)
    #expect(histogram.curve == exact)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `the sum of the parties' histograms is the histogram of their union`(seed: UInt64) {
    let (scores, labels, weights) = Scored.random(seed: seed, n: 400, steps: 1e6)
    func histogram(_ range: Range<Int>) -> ScoreHistogram {
      ScoreHistogram(
        probabilities: Array(scores[range]), labels: Array(labels[range]),
        rowWeights: Array(weights[range]), binCount: 128)
    }
    let sum = histogram(0..<100) + histogram(100..<101) + histogram(101..<400)
    #expect(sum == histogram(0..<400))
    let added = zip(histogram(0..<200).counts, histogram(200..<400).counts).map { $0 + $1 }
    #expect(ScoreHistogram(counts: added) == sum)
  }

  @Test func `what is no probability is counted apart`() {
    let histogram = ScoreHistogram(
      probabilities: [.nan, -0.1, 1.1, .infinity, 0, 1, 0.5], labels: [1, 1, 0, 0, 0, 1, 1],
      binCount: 2)
    #expect(histogram.unscored == 4)
    #expect(histogram.negatives == [1, 0])
    #expect(histogram.positives == [0, 2])
  }

  @Test(arguments: [
    [], [1], [1, 2], [1, 2, 3, 4], [1, -1, 0], [1, .nan, 0], [.infinity, 1, 0],
  ])
  func `counts that cannot be a histogram are refused`(counts: [Double]) {
    #expect(ScoreHistogram(counts: counts) == nil)
  }

  @Test func `an empty histogram has no figures`() {
    #expect(ScoreHistogram().auc == nil)
    #expect(ScoreHistogram().ks == nil)
    #expect(ScoreHistogram().counts.count == 2 * 4096 + 1)
  }
}
