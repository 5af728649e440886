/// One way in which two parties' columns differ, so that they cannot train together.
public enum SchemaMismatch: Hashable, Codable, Sendable {
  /// They have the column, we do not.
  case missingHere(column: String)
  /// We have the column, they do not.
  case missingThere(column: String)
  /// Both have the feature, at other places. Places count from 0 among the features.
  case otherOrder(column: String, ours: Int, theirs: Int)
  /// Both have the column, with other values.
  case otherType(column: String, ours: ColumnType, theirs: ColumnType)
  /// Both have the column, one as the label and one as a feature.
  case otherUse(column: String, ours: ColumnUse, theirs: ColumnUse)

  public var column: String {
    switch self {
    case .missingHere(let column), .missingThere(let column), .otherOrder(let column, _, _),
      .otherType(let column, _, _), .otherUse(let column, _, _):
      column
    }
  }
}

/// What training does with a column.
public enum ColumnUse: String, Hashable, Codable, Sendable {
  case label, feature
}

extension TableSchema {
  /// The first differences that keep two parties from training together, ours against theirs.
  ///
  /// The label and the features must agree in name, use and type, the features in their order too.
  /// Levels may differ (`unified(with:)` joins them); the id and the weight are each party's own.
  public func mismatches(with other: TableSchema, limit: Int = 5) -> [SchemaMismatch] {
    let ours = trainingColumns
    let theirs = other.trainingColumns
    let theirPlaces = places(of: theirs)
    let ourPlaces = places(of: ours)
    var found: [SchemaMismatch] = []
    for (name, place) in ours.map({ ($0.name, theirPlaces[$0.name]) }) where place == nil {
      found.append(.missingThere(column: name))
    }
    for column in theirs where ourPlaces[column.name] == nil {
      found.append(.missingHere(column: column.name))
    }
    for column in ours {
      guard let place = theirPlaces[column.name] else { continue }
      found += column.differences(from: theirs[place])
    }
    if found.isEmpty { found = misplaced(in: other) }
    return Array(found.prefix(limit))
  }

  /// This schema with the levels and the label's classes of both, each in sorted order.
  ///
  /// Names, order and types stay ours; ask `mismatches(with:)` first.
  public func unified(with other: TableSchema) -> TableSchema {
    var joined = self
    if let label, let theirs = other.label {
      joined.label?.kind = label.kind.unified(with: theirs.kind)
    }
    let kinds = Dictionary(other.features.map { ($0.name, $0.kind) }) { first, _ in first }
    for index in joined.features.indices {
      guard let theirs = kinds[joined.features[index].name] else { continue }
      joined.features[index].kind = joined.features[index].kind.unified(with: theirs)
    }
    return joined
  }

  private var trainingColumns: [TrainingColumn] {
    let target = label.map { TrainingColumn(name: $0.name, use: .label, type: $0.kind.type) }
    return [target].compactMap(\.self)
      + features.map { TrainingColumn(name: $0.name, use: .feature, type: $0.kind.type) }
  }

  /// The features that stand elsewhere there; both have the same ones.
  private func misplaced(in other: TableSchema) -> [SchemaMismatch] {
    let there = Dictionary(
      other.features.enumerated().map { ($0.element.name, $0.offset) }
    ) { first, _ in first }
    return features.enumerated().compactMap { place, feature in
      guard let theirs = there[feature.name], theirs != place else { return nil }
      return .otherOrder(column: feature.name, ours: place, theirs: theirs)
    }
  }

  private func places(of columns: [TrainingColumn]) -> [String: Int] {
    Dictionary(columns.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
  }
}

/// A column that both sides of a training must have.
private struct TrainingColumn {
  let name: String
  let use: ColumnUse
  let type: ColumnType

  func differences(from theirs: TrainingColumn) -> [SchemaMismatch] {
    if use != theirs.use { return [.otherUse(column: name, ours: use, theirs: theirs.use)] }
    if type != theirs.type { return [.otherType(column: name, ours: type, theirs: theirs.type)] }
    return []
  }
}
