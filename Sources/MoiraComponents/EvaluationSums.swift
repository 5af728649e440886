internal import MoiraMath

/// What an evaluation adds up over the parties; from it follow all metrics.
enum EvaluationSums {
  case binary(loss: Double, weight: Double, confusion: Confusion, histogram: ScoreHistogram)
  case multi(loss: Double, weight: Double, confusion: ClassConfusion)
  case regression(RegressionSums)

  /// The bins of pooled score histograms.
  static let bins = ScoreHistogram.usualBinCount
}

/// The rows of one party as a model scores them.
struct ScoredRows {
  let form: EvaluationReport.Form
  /// Binary: of the second class; multi: row by row, one a class; regression: the prediction.
  let scores: [Double]
  /// Indices of classes, or the values to predict.
  let labels: [Double]
  let weights: [Double]?
  let classes: Int
  let threshold: Double

  var sums: EvaluationSums {
    switch form {
    case .binary:
      let (loss, weight) = logLossSums(probabilities: scores, labels: labels, rowWeights: weights)
      return .binary(
        loss: loss, weight: weight,
        confusion: Confusion(
          scores: scores, labels: labels, rowWeights: weights, threshold: threshold),
        histogram: ScoreHistogram(
          probabilities: scores, labels: labels, rowWeights: weights, binCount: EvaluationSums.bins)
      )
    case .multi:
      let truths = labels.map { Int($0) }
      let (loss, weight) = classLogLossSums(
        probabilities: scores, labels: truths, classCount: classes, rowWeights: weights)
      return .multi(
        loss: loss, weight: weight,
        confusion: ClassConfusion(
          truths: truths, predictions: likeliestClasses(scores: scores, classCount: classes),
          classCount: classes, rowWeights: weights))
    case .regression:
      return .regression(
        RegressionSums(predictions: scores, labels: labels, rowWeights: weights))
    }
  }

  /// The exact curve of this party's own binary scores.
  var curve: ScoreCurve? {
    form == .binary ? ScoreCurve(scores: scores, labels: labels, rowWeights: weights) : nil
  }
}

extension EvaluationSums {
  /// As one vector of additive values.
  var vector: [Double] {
    switch self {
    case .binary(let loss, let weight, let confusion, let histogram):
      [
        loss, weight, confusion.truePositives, confusion.falsePositives, confusion.trueNegatives,
        confusion.falseNegatives,
      ] + histogram.counts
    case .multi(let loss, let weight, let confusion): [loss, weight] + confusion.counts
    case .regression(let sums): sums.values
    }
  }

  static func count(_ form: EvaluationReport.Form, classes: Int) -> Int {
    switch form {
    case .binary: 6 + 2 * bins + 1
    case .multi: 2 + classes * classes
    case .regression: RegressionSums().values.count
    }
  }

  /// Nil when the values are not such sums.
  init?(_ form: EvaluationReport.Form, _ vector: [Double]) {
    switch form {
    case .binary:
      guard let histogram = ScoreHistogram(counts: Array(vector[6...])) else { return nil }
      self = .binary(
        loss: vector[0], weight: vector[1],
        confusion: Confusion(
          truePositives: vector[2], falsePositives: vector[3], trueNegatives: vector[4],
          falseNegatives: vector[5]), histogram: histogram)
    case .multi:
      guard let confusion = ClassConfusion(counts: Array(vector[2...])) else { return nil }
      self = .multi(loss: vector[0], weight: vector[1], confusion: confusion)
    case .regression:
      guard let sums = RegressionSums(values: vector, origin: 0) else { return nil }
      self = .regression(sums)
    }
  }
}
