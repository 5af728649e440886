/// Where a scaler's values must lie, low and high: the same for all its features, or one for each.
///
/// Written as `[0, 1]` or `[[0, 1], [-1, 1]]`; what knows the first form alone refuses the other.
public enum ScaledRange: Codable, Hashable, Sendable {
  case all([Double])
  case each([[Double]])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let range = try? container.decode([Double].self) {
      self = .all(range)
    } else {
      self = .each(try container.decode([[Double]].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .all(let range): try container.encode(range)
    case .each(let ranges): try container.encode(ranges)
    }
  }

  /// The range of the feature at a place among the scaler's.
  func bounds(at place: Int) -> (low: Double, high: Double) {
    switch self {
    case .all(let range): (range[0], range[1])
    case .each(let ranges): (ranges[place][0], ranges[place][1])
    }
  }

  /// Whether it is two numbers for each of so many features.
  func fits(_ count: Int) -> Bool {
    switch self {
    case .all(let range): range.count == 2
    case .each(let ranges): ranges.count == count && ranges.allSatisfy { $0.count == 2 }
    }
  }
}
