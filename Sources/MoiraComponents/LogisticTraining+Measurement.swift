internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

/// What one round's measurement found.
struct Measurement {
  var trainLoss: Double?
  var validateLoss: Double?
  var validateAUC: Double?
}

/// A measurement whose sum is still to be made.
struct WaitingMeasurement {
  /// What this party adds to it; nil at the arbiter.
  let own: [Double]?
}

/// Losses and AUC of the common model, over all parties' rows.
///
/// Where nothing hangs on what a round's measurement says, it goes out in one sum with the updates of
/// the round after it: half as many sums, each of which costs every party several messages there and
/// back. The last round's goes alone.
extension LogisticTraining {
  /// Bins of the histogram that the rounds' AUC comes from.
  static var bins: Int { 1024 }

  private var histogramCount: Int { validates && problem.outputs == 1 ? 2 * Self.bins + 1 : 0 }

  /// Values of one measurement.
  var measurementCount: Int { 2 + (validates ? 2 : 0) + histogramCount }

  /// Whether a round's measurement may wait for the sum of the next round's updates: there is one,
  /// and whether it comes to that does not hang on the measurement.
  private func mayWait(_ round: Int) -> Bool {
    guard case .mean = combination, settings.earlyStop == .none else { return false }
    return round < rounds
  }

  /// What a round's measurement found, by a sum of its own; nil where it waits for the next round's. The
  /// arbiter passes nil.
  mutating func measure(_ round: Int, _ own: [Double]?) async throws -> Measurement? {
    if mayWait(round) {
      waiting = WaitingMeasurement(own: own)
      return nil
    }
    return measurement(try await sumFinite(own, count: measurementCount, name: "measurement")[...])
  }

  /// What follows from the summed values, `measurementCount` of them.
  func measurement(_ sum: ArraySlice<Double>) -> Measurement {
    let sum = Array(sum)
    var result = Measurement()
    if sum[1] > 0 { result.trainLoss = sum[0] / sum[1] }
    if validates, sum[3] > 0 { result.validateLoss = sum[2] / sum[3] }
    if histogramCount > 0 {
      let counts = sum[4...].map { $0 * scale }
      result.validateAUC = ScoreHistogram(counts: counts)?.auc?.value
    }
    return result
  }

  /// What a party adds to a measurement of the parameters.
  func measured(
    _ parameters: [Double], _ train: TrainingRows, _ validate: TrainingRows?
  ) -> [Double] {
    let own = train.sums(parameters, problem, workers: task.workers)
    var values = [own.loss / scale, own.weight / scale]
    guard validates, let validate else { return values }
    let sums = validate.sums(parameters, problem, workers: task.workers)
    values += [sums.loss / scale, sums.weight / scale]
    if histogramCount > 0 {
      let scores = validate.withMatrix {
        problem.probabilities(parameters, rows: $0, workers: task.workers)
      }
      let histogram = ScoreHistogram(
        probabilities: scores, labels: validate.labels, rowWeights: validate.weights,
        binCount: Self.bins)
      values += histogram.counts.map { $0 / scale }
    }
    return values
  }
}
