internal import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraTable

extension FeatureScale {
  /// Which features are scaled, in the order of the table.
  ///
  /// - Parameter schema: what the parties have agreed on, or the party's own where nothing is pooled.
  /// - Throws: `no-such-feature`, also for a name of `feature_range`.
  func names(in schema: TableSchema) throws(Failure) -> [String] {
    let all = schema.numericFeatures
    if let wrong = featureRange.names.first(where: { !all.contains($0) }) {
      throw noFeature(wrong, of: "feature_range", among: all)
    }
    if !scaleIdx.isEmpty { return try names(atPlacesIn: schema) }
    if scaleCol.isEmpty { return all }
    if let wrong = scaleCol.first(where: { !all.contains($0) }) {
      throw noFeature(wrong, of: "scale_col", among: all)
    }
    return all.filter(Set(scaleCol).contains)
  }

  private func noFeature(_ name: String, of parameter: String, among all: [String]) -> Failure {
    Failure(
      "no-such-feature", "'\(name)' of '\(parameter)' is not a numeric feature",
      hint: nearestName(to: name, among: all).map { "did you mean '\($0)'?" })
  }

  /// Places count the features alone: id, label and weight are none.
  private func names(atPlacesIn schema: TableSchema) throws(Failure) -> [String] {
    let features = schema.features
    if let wrong = scaleIdx.first(where: { !features.indices.contains($0) }) {
      throw Failure(
        "no-such-feature",
        "'scale_idx' has the place \(wrong), but the table has \(features.count) features",
        hint: "the first is 0; id, label and weight are not counted")
    }
    if let wrong = scaleIdx.first(where: { features[$0].kind != .numeric }) {
      throw Failure(
        "no-such-feature",
        "'scale_idx' has \(wrong), but '\(features[wrong].name)' there is not a numeric feature")
    }
    let chosen = Set(scaleIdx)
    return features.indices.filter(chosen.contains).map { features[$0].name }
  }

  /// What the word begins with that clients agree on where no scaler is given.
  static var ownWay: String { "scale/" }

  /// Which figures of which features are summed, as a word: clients whose words differ would add up
  /// columns that are not the same.
  var way: String {
    let text = ConfigValue.list([
      .string(method.rawValue), .string(missing.rawValue), Set(scaleCol).sorted().parameter,
      Set(scaleIdx).sorted().parameter,
    ])
    return Self.ownWay + sha256(Array(text.json().utf8)).text
  }

  /// Tells of ranges that no scaled feature uses; places are known here first.
  func tellIdleRanges(_ names: [String], in task: some TaskContext) {
    let idle = featureRange.names.filter { !names.contains($0) }
    if idle.isEmpty { return }
    let words = idle.map { "'\($0)'" }.joined(separator: ", ")
    task.warn("'feature_range' has \(words), which 'scale_idx' leaves out")
  }
}
