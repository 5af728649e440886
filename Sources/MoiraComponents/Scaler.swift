public import MoiraKit
public import MoiraModel
public import MoiraTable

/// Where the values of features are moved and how they are stretched: (x − shift) / scale.
///
/// The same at all parties; applied later to data that had no part in making it.
public struct Scaler: JSONArtifact, Hashable {
  public static let kind = ArtifactKind.scaler
  public static let schemaVersion = 1

  public let method: ScaleMethod
  /// The scaled features; others stay as they are.
  public let features: [String]
  /// In the features' units, one for each of them, as the scales are.
  public let shift: [Double]
  public let scale: [Double]
  /// What stands in for missing values before scaling, one for each feature; nil leaves them missing.
  public let fill: [Double]?
  /// Where scaled values must lie; those beyond are moved to its ends. Nil leaves them.
  public let range: ScaledRange?

  public init(
    method: ScaleMethod, features: [String], shift: [Double], scale: [Double],
    fill: [Double]? = nil, range: ScaledRange? = nil
  ) {
    self.method = method
    self.features = features
    self.shift = shift
    self.scale = scale
    self.fill = fill
    self.range = range
  }

  /// The table with its features scaled.
  ///
  /// - Throws: `scaler-mismatch` when the table lacks a feature, `artifact-corrupt` when the scaler
  ///   has not one shift and one scale for each feature.
  public func applied(to table: Table, workers: Workers = .serial) throws(Failure) -> Table {
    let rules = try rules(for: table)
    return try .opened(
      table.replacingNumeric(workers: workers) { column, _, values in
        guard let rule = rules[column] else { return }
        for row in values.indices {
          var value = values[row]
          if value.isNaN, let fill = rule.fill { value = fill }
          value = (value - rule.shift) / rule.scale
          // A missing value is neither below nor above.
          if let bounds = rule.bounds {
            if value < bounds.low { value = bounds.low }
            if value > bounds.high { value = bounds.high }
          }
          values[row] = value
        }
      })
  }

  private struct Rule {
    let shift: Double
    let scale: Double
    let fill: Double?
    let bounds: (low: Double, high: Double)?
  }

  /// The rule of each numeric column, nil for those that stay.
  private func rules(for table: Table) throws(Failure) -> [Rule?] {
    guard
      shift.count == features.count, scale.count == features.count,
      fill.map({ $0.count == features.count }) ?? true, range?.fits(features.count) ?? true,
      scale.allSatisfy({ $0 != 0 && $0.isFinite }), shift.allSatisfy(\.isFinite)
    else {
      throw Failure(
        "artifact-corrupt", "the scaler must have a shift and a scale other than 0 for each feature"
      )
    }
    var rules = [Rule?](repeating: nil, count: table.numericFeatures.count)
    for (index, name) in features.enumerated() {
      guard let column = table.numericFeatures.firstIndex(of: name) else {
        throw Failure(
          "scaler-mismatch", "the scaler has '\(name)', but the table has no such numeric feature",
          hint: nearestName(to: name, among: table.numericFeatures).map { "'\($0)' is near" })
      }
      rules[column] = Rule(
        shift: shift[index], scale: scale[index], fill: fill?[index],
        bounds: range?.bounds(at: index))
    }
    return rules
  }
}
