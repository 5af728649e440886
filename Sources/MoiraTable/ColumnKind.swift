/// What the values of a column are.
///
/// In JSON: `"numeric"`, or `{"categorical": ["a", "b"]}`.
public enum ColumnKind: Hashable, Sendable {
  /// Doubles; NaN is a missing value.
  case numeric
  /// One of several texts, kept as an index into `levels`, which are distinct.
  case categorical(levels: [String])

  /// The kind without its levels: what parties must agree on.
  public var type: ColumnType {
    switch self {
    case .numeric: .numeric
    case .categorical: .categorical
    }
  }

  /// The levels of a categorical column, nil for a numeric one.
  public var levels: [String]? {
    switch self {
    case .numeric: nil
    case .categorical(let levels): levels
    }
  }

  /// Both sides' levels in sorted order; this kind as it is when the other's type differs.
  public func unified(with other: ColumnKind) -> ColumnKind {
    guard let ours = levels, let theirs = other.levels else { return self }
    return .categorical(levels: Set(ours).union(theirs).sorted())
  }
}

/// Numeric or categorical.
public enum ColumnType: String, Hashable, Codable, Sendable {
  case numeric, categorical
}

extension ColumnKind: Codable {
  private enum Key: String, CodingKey { case categorical }

  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = .categorical(levels: try keyed.decode([String].self, forKey: .categorical))
      return
    }
    let container = try decoder.singleValueContainer()
    guard try container.decode(String.self) == ColumnType.numeric.rawValue else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a column is 'numeric' or {'categorical': [levels]}")
    }
    self = .numeric
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .numeric:
      var container = encoder.singleValueContainer()
      try container.encode(ColumnType.numeric.rawValue)
    case .categorical(let levels):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(levels, forKey: .categorical)
    }
  }
}
