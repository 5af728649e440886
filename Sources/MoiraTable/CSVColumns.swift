/// What becomes of each column of a CSV file.
struct CSVColumns: Sendable {
  /// What becomes of one column; numbers are places among the columns of that kind.
  enum Use: Equatable, Sendable {
    case skipped
    case numeric(Int)
    case categorical(Int)
    case id
    case label
    case weight
  }

  let names: [String]
  private(set) var uses: [Use]
  /// Without levels, and with a numeric label, until the values are read.
  private(set) var schema = TableSchema()

  init(_ names: [String], _ options: CSVOptions) throws(CSVError) {
    self.names = names
    uses = [Use](repeating: .skipped, count: names.count)
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      if places.updateValue(place, forKey: name) != nil { throw .duplicateColumn(name) }
    }
    try take(options.id, as: .id, places)
    try take(options.label, as: .label, places)
    try take(options.weight, as: .weight, places)
    schema.id = options.id
    schema.label = options.label.map { LabelSchema(name: $0) }
    schema.weight = options.weight
    let features = try features(options.features, places)
    let texts = try categorical(options.categorical, among: features.map { names[$0] })
    addFeatures(features, texts: texts)
  }

  /// The column of a numeric, categorical or other use, for messages.
  func name(of use: Use) -> String { uses.firstIndex(of: use).map { names[$0] } ?? "" }

  private mutating func take(
    _ name: String?, as use: Use, _ places: [String: Int]
  ) throws(CSVError) {
    guard let name else { return }
    guard let place = places[name] else { throw .noSuchColumn(name, available: names) }
    guard uses[place] == .skipped else { throw .columnUsedTwice(name) }
    uses[place] = use
  }

  /// The places of the features, in the order that they are to have.
  private func features(
    _ choice: FeatureChoice, _ places: [String: Int]
  ) throws(CSVError) -> [Int] {
    guard case .named(let wanted) = choice else {
      return names.indices.filter { uses[$0] == .skipped }
    }
    var found: [Int] = []
    var seen: Set<Int> = []
    for name in wanted {
      if let place = places[name] {
        guard uses[place] == .skipped, seen.insert(place).inserted else {
          throw .columnUsedTwice(name)
        }
        found.append(place)
        continue
      }
      let pattern = NamePattern(name)
      let matching = names.indices.filter { pattern.isWild && pattern.matches(names[$0]) }
      if matching.isEmpty { throw .noSuchColumn(name, available: names) }
      found += matching.filter { uses[$0] == .skipped && seen.insert($0).inserted }
    }
    return found
  }

  private func categorical(
    _ wanted: [String], among features: [String]
  ) throws(CSVError) -> Set<String> {
    var texts: Set<String> = []
    for name in wanted {
      let pattern = NamePattern(name)
      let matching = features.filter { $0 == name || (pattern.isWild && pattern.matches($0)) }
      if matching.isEmpty {
        if names.contains(name) { throw .notAFeature(name, features: features) }
        throw .noSuchColumn(name, available: names)
      }
      texts.formUnion(matching)
    }
    return texts
  }

  private mutating func addFeatures(_ features: [Int], texts: Set<String>) {
    var numeric = 0
    var categorical = 0
    for place in features {
      let isText = texts.contains(names[place])
      uses[place] = isText ? .categorical(categorical) : .numeric(numeric)
      if isText { categorical += 1 } else { numeric += 1 }
      schema.features.append(
        FeatureSchema(name: names[place], kind: isText ? .categorical(levels: []) : .numeric))
    }
  }
}
