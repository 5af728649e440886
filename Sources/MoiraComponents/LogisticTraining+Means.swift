internal import MoiraKit
internal import MoiraModel

/// What a party puts into a mean: its values times its weight, and the weight.
struct WeightedUpdate: Sendable {
  var values: [Double]
  var weight: Double
  /// Whether it was shortened to `clip_update`.
  var isClipped = false
}

/// Means over the parties, each divided by the weights of its own sum.
///
/// A sum may come back over fewer parties than the one before. So the weights of those whose values
/// are in it stand in slots of the same sum, and nothing is divided by a total from an earlier one.
extension LogisticTraining {
  /// Σ wᵢxᵢ / Σ wᵢ over the parties in the sum; nil where their weights are 0. The arbiter passes nil.
  ///
  /// A measurement that waits goes along in slots of its own.
  ///
  /// - Throws: `training-diverged` at all members if a party's values are not finite.
  mutating func mean(of own: WeightedUpdate?, name: String) async throws -> [Double]? {
    try await mean(of: own, count: problem.parameterCount, name: name)
  }

  mutating func mean(
    of own: WeightedUpdate?, count: Int, name: String
  ) async throws -> [Double]? {
    let measured = waiting.take()
    let own = own.map { $0.values + [$0.weight, $0.isClipped ? 1 : 0] + (measured?.own ?? []) }
    let sum = try await sumFinite(
      own, count: count + 2 + (measured == nil ? 0 : measurementCount), name: name)
    if measured != nil { found = measurement(sum[(count + 2)...]) }
    clippedUpdates += Int(sum[count + 1])
    let weight = sum[count]
    guard weight > 0 else { return nil }
    return sum[..<count].map { $0 / weight }
  }

  /// A sum of reals in which a party that has values that are no numbers takes part with zeros.
  ///
  /// How many did so is a slot of the sum, in clear to nobody. If any did, all members end here, in
  /// the same round: a mean over the others would be a model that nobody asked for, and a party that
  /// just stayed silent would be taken for one that lost its connection.
  /// - Throws: `training-diverged`.
  mutating func sumFinite(_ own: [Double]?, count: Int, name: String) async throws -> [Double] {
    let flagged = own.map { values in
      values.allSatisfy(\.isFinite)
        ? values + [0] : [Double](repeating: 0, count: count) + [1]
    }
    let sum = try await pool.sumReals(flagged, count: count + 1, name: name)
    guard sum[count] == 0 else {
      throw Failure(
        "training-diverged",
        "what the parties add up must be finite, but that of \(Int(sum[count])) of \(task.clients.count) was not in the sum '\(name)'",
        hint: "a smaller 'learning_rate', or a feature_scale task before")
    }
    return Array(sum[..<count])
  }
}
