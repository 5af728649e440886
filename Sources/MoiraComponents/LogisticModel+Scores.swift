internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

extension LogisticModel {
  /// The probability of the second class for each row (binary), or of every class, row by row.
  ///
  /// - Throws: `model-features`, `missing-values`, `feature-not-numeric`, `model-scaling`.
  func scores(
    _ table: Table, port: PortName, applyScaling: Bool, party: PartyID, workers: Workers
  ) throws(Failure) -> [Double] {
    try table.checkTrainable(port, party: party)
    try checkFeatures(table.numericFeatures, of: port, at: party)
    var table = table
    if applyScaling {
      guard let scaling else {
        throw Failure(
          "model-scaling",
          "'apply_scaling' needs a model that knows its scaling, but this one does not",
          hint: "wire the scaler into training: 'inputs: {scaler: scale_0.scaler}'")
      }
      table = try scaling.applied(to: table, workers: workers)
    }
    let problem = LogisticProblem(
      columns: features.count, classes: classes.count, fitIntercept: true)
    return table.withMatrix { problem.probabilities(parameters, rows: $0, workers: workers) }
  }
}
