internal import MoiraConfig
internal import MoiraModel

/// Where `min_max` puts features: one range for all, or ranges of those that are named.
enum FeatureRange: ParameterValue, Hashable {
  case all([Double])
  /// Features without a range of their own have the usual one.
  case byFeature([String: [Double]])

  static let usual = FeatureRange.all([0, 1])

  static var parameterKind: ParameterKind {
    .either([.list(.double), .dictionary(.list(.double))])
  }

  init?(parameter: ConfigValue) {
    if let range = [Double](parameter: parameter) {
      self = .all(range)
    } else if let ranges = [String: [Double]](parameter: parameter) {
      self = .byFeature(ranges)
    } else {
      return nil
    }
  }

  var parameter: ConfigValue {
    switch self {
    case .all(let range): range.parameter
    case .byFeature(let ranges): ranges.parameter
    }
  }

  /// The features that are named, in the order of their names.
  var names: [String] {
    if case .byFeature(let ranges) = self { ranges.keys.sorted() } else { [] }
  }

  /// Low and high.
  func range(of feature: String) -> [Double] {
    switch self {
    case .all(let range): range
    case .byFeature(let ranges): ranges[feature] ?? [0, 1]
    }
  }

  /// Whether it says what holds without a word.
  var isUsual: Bool { self == .usual || self == .byFeature([:]) }

  /// The first range that is none, by its dotted name.
  var firstWrong: String? {
    switch self {
    case .all(let range): Self.isRange(range) ? nil : "feature_range"
    case .byFeature(let ranges):
      names.first { !Self.isRange(ranges[$0] ?? []) }.map { "feature_range.\($0)" }
    }
  }

  private static func isRange(_ values: [Double]) -> Bool {
    values.count == 2 && values[0] < values[1]
  }

  /// What a scaler of these features keeps.
  func kept(for features: [String]) -> ScaledRange {
    switch self {
    case .all(let range): .all(range)
    case .byFeature: .each(features.map(range(of:)))
    }
  }
}
