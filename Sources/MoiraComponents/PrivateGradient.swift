internal import MoiraCrypto
internal import MoiraMath
internal import MoiraModel
internal import MoiraPrivacy

/// Gradients of one party's rows that hide each row: DP-SGD.
///
/// A row is in a step with probability q; its gradient is shortened to norm C, and discrete Gaussian
/// noise of deviation σC is added to the sum before it leaves this value.
///
/// Source: Abadi et al., CCS 2016 (arXiv:1607.00133), Algorithm 1.
struct PrivateGradient {
  let rows: TrainingRows
  let problem: LogisticProblem
  let plan: PrivacyPlan
  let gaussian: SubsampledGaussian
  let workers: Workers
  private let rowNorms: [Double]
  private let sample: PoissonSample
  private let noise: GaussianNoise
  private var batch = DenseBlocks()
  private var generator = BufferedSecureGenerator()

  /// Nil where the plan hides something else than rows.
  ///
  /// - Throws: `privacy-weights` when rows are weighted: a weight would stretch the clipped norm.
  init?(
    _ rows: TrainingRows, _ problem: LogisticProblem, _ plan: PrivacyPlan, party: PartyID,
    workers: Workers
  ) throws(Failure) {
    guard case .rows(let gaussian) = plan.mechanism else { return nil }
    guard rows.weights == nil else {
      throw Failure(
        "privacy-weights", "rows must not be weighted with 'privacy', but those at \(party) are")
    }
    self.rows = rows
    self.problem = problem
    self.plan = plan
    self.gaussian = gaussian
    self.workers = workers
    sample = try PoissonSample(rate: gaussian.sampleRate)
    let count = problem.parameterCount
    let rough = try GaussianNoise(
      standardDeviation: gaussian.noiseMultiplier * plan.clipping.norm)
    noise = try GaussianNoise(
      standardDeviation: gaussian.noiseMultiplier
        * rough.sensitivity(clip: plan.clipping.norm, count: count))
    rowNorms = rows.withMatrix { matrix in
      (0..<matrix.rowCount).map { row in
        var squares = 0.0
        for column in 0..<matrix.columnCount {
          squares += matrix[row, column] * matrix[row, column]
        }
        return squares.squareRoot()
      }
    }
  }

  /// How many rows a step has on average: what its sum is divided by.
  var expectedRows: Double { gaussian.sampleRate * Double(rows.count) }

  /// The noisy sum of a sampled batch's clipped gradients, weights first, then intercepts.
  mutating func next(_ parameters: [Double]) -> [Double] {
    let sampled = sample.rows(outOf: rows.count, using: &generator)
    let factors = factors(of: sampled, parameters)
    // A factor of 0 stands for a gradient that is no number: left out, for 0 times it is none either.
    let kept = sampled.indices.filter { factors[$0] > 0 }
    let chosen = kept.map { sampled[$0] }
    rows.withMatrix { batch.gather(rows: chosen, from: $0) }
    let sums = batch.withMatrix { matrix in
      problem.sums(
        parameters, rows: matrix, labels: chosen.map { rows.labels[$0] },
        rowWeights: kept.map { factors[$0] }, workers: workers)
    }
    var gradient = sums.weights + sums.intercepts
    noise.add(to: &gradient, using: &generator)
    return gradient
  }

  /// What each sampled row's gradient is multiplied by to be no longer than the clip.
  private mutating func factors(of sampled: [Int], _ parameters: [Double]) -> [Double] {
    rows.withMatrix { batch.gather(rows: sampled, from: $0) }
    let scores = batch.withMatrix {
      problem.probabilities(parameters, rows: $0, workers: workers)
    }
    return plan.clipping.rowFactors(
      residualNorms: residualNorms(scores, sampled.map { rows.labels[$0] }),
      rowNorms: sampled.map { rowNorms[$0] }, hasIntercept: problem.fitIntercept
    ).factors
  }

  /// ‖p − y‖₂ of each row, over its outputs.
  private func residualNorms(_ scores: [Double], _ labels: [Double]) -> [Double] {
    let outputs = problem.outputs
    return labels.indices.map { row in
      if outputs == 1 { return abs(scores[row] - labels[row]) }
      var squares = 0.0
      for output in 0..<outputs {
        let residual = scores[row * outputs + output] - (Int(labels[row]) == output ? 1 : 0)
        squares += residual * residual
      }
      return squares.squareRoot()
    }
  }
}
