/// The columns of a table: their names, their order and their types.
public struct TableSchema: Hashable, Codable, Sendable {
  /// The name of the column that tells rows apart, if there is one.
  public var id: String?
  /// What is to be predicted, if the table says.
  public var label: LabelSchema?
  /// The name of the column of row weights, if there is one.
  public var weight: String?
  public var features: [FeatureSchema]

  public init(
    id: String? = nil, label: LabelSchema? = nil, weight: String? = nil,
    features: [FeatureSchema] = []
  ) {
    self.id = id
    self.label = label
    self.weight = weight
    self.features = features
  }

  /// The names of the numeric features, in the order in which their values are stored.
  public var numericFeatures: [String] {
    features.filter { $0.kind == .numeric }.map(\.name)
  }

  /// The categorical features, in the order in which their codes are stored.
  public var categoricalFeatures: [FeatureSchema] {
    features.filter { $0.kind != .numeric }
  }

  /// The names of all columns: id, label, weight, features.
  public var columnNames: [String] {
    [id, label?.name, weight].compactMap(\.self) + features.map(\.name)
  }

  /// The first name that two columns share, nil when all differ.
  public var duplicateColumn: String? {
    var seen: Set<String> = []
    return columnNames.first { !seen.insert($0).inserted }
  }
}

/// The column of labels: numbers, or classes whose label is the index of a level.
public struct LabelSchema: Hashable, Codable, Sendable {
  public var name: String
  public var kind: ColumnKind

  public init(name: String, kind: ColumnKind = .numeric) {
    self.name = name
    self.kind = kind
  }
}

/// One feature.
public struct FeatureSchema: Hashable, Codable, Sendable {
  public var name: String
  public var kind: ColumnKind

  public init(name: String, kind: ColumnKind = .numeric) {
    self.name = name
    self.kind = kind
  }
}
