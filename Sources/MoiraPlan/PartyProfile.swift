public import MoiraConfig
public import MoiraModel

/// How a dataset's CSV file is written, where it differs from what is assumed.
public struct ReadingOptions: Parameterized {
  @Param("The character between two values.", .notEmpty) public var delimiter: String = ","
  @Param("The character around a value that holds a delimiter.", .notEmpty)
  public var quote: String = "\""
  @Param("Whether the first line names the columns.") public var header: Bool = true
  @Param("Texts that stand for a value that is not there.")
  public var missing: [String] = ["", "NA", "NaN", "nan", "null", "?"]

  @Param("The column whose values tell rows apart, unless a reader names another.", .notEmpty)
  public var id: String?
  @Param("The column to be predicted, unless a reader names another.", .notEmpty)
  public var label: String?
  @Param("The column of row weights, unless a reader names another.", .notEmpty)
  public var weight: String?
  @Param("Columns that are texts, unless a reader names others.")
  public var categorical: [String] = []
  @Param("The columns' names of a file without a header, unless a reader names them.")
  public var names: [String]?

  public init() {}

  /// The options of a registered dataset, as its profile gives them.
  public init(_ options: ConfigValue) {
    self.init()
    _ = bind(options)
  }
}

/// Where a dataset lies; the rest of its entry are `ReadingOptions`.
private struct DatasetPlace: Parameterized {
  @Param("The CSV file, plain or gzip: relative to the party's folder, or absolute.", .notEmpty)
  var path: String
}

/// One dataset of a party's registry.
public struct DatasetEntry: Hashable, Sendable {
  public let name: String
  /// As written: relative to the party's folder, or absolute.
  public let path: String
  /// Every one of `ReadingOptions`, defaults filled in.
  public let options: ConfigValue
  public let site: Site?

  public init(name: String, path: String, options: ConfigValue, site: Site?) {
    self.name = name
    self.path = path
    self.options = options
    self.site = site
  }
}

/// What a party says of itself in its `party.yaml`: its id, and which data it has where.
public struct PartyProfile: Sendable {
  /// How many datasets a party may register.
  public static let datasetLimit = 10_000

  public let id: PartyID
  public let datasets: [DatasetEntry]

  public init(id: PartyID, datasets: [DatasetEntry]) {
    self.id = id
    self.datasets = datasets
  }

  public subscript(name: String) -> DatasetEntry? { datasets.first { $0.name == name } }

  /// Reads a profile from its node.
  ///
  /// - Throws: everything that is wrong with it.
  public init(reading node: ConfigNode) throws(Diagnostics) {
    var reader = ProfileReader()
    guard let profile = reader.profile(node), !reader.diagnostics.hasErrors else {
      throw reader.diagnostics
    }
    self = profile
  }

  /// The parameters of one entry under `datasets`.
  package static let datasetGroup = ParameterGroup(
    DatasetPlace.parameterSchemas + ReadingOptions.parameterSchemas, shorthand: "path")
}

/// Reads a `party.yaml` and collects what is wrong with it.
private struct ProfileReader {
  var diagnostics = Diagnostics()

  mutating func profile(_ node: ConfigNode) -> PartyProfile? {
    guard let map = node.map else {
      diagnostics.error(
        "party-form", "a party's file must be a mapping, but is \(node.phrase)", at: node.site,
        hint: "'moira party init ID' writes one to start from")
      return nil
    }
    let known = ["id", "datasets"]
    for entry in map.entries where !known.contains(entry.key) {
      diagnostics.error(
        "key-unknown", "'\(entry.key)' is not a key of a party's file", at: entry.keySite,
        hint: nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" }
          ?? "a party's file has " + known.joined(separator: ", "))
    }
    let id = id(map["id"], fallback: node.site)
    let datasets = datasets(map.entry("datasets"))
    return id.map { PartyProfile(id: $0, datasets: datasets) }
  }

  private mutating func id(_ node: ConfigNode?, fallback: Site?) -> PartyID? {
    guard let node, let name = node.name else {
      diagnostics.error(
        "party-name", "a party must be named by its 'id'", at: node?.site ?? fallback,
        hint: "id: hospital-a")
      return nil
    }
    guard isPartyName(name) else {
      diagnostics.error(
        "party-name", "'\(name)' is not a name for a party", at: node.site,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
      return nil
    }
    return PartyID(name)
  }

  private mutating func datasets(_ entry: ConfigMap.Entry?) -> [DatasetEntry] {
    guard let entry, !entry.value.isNull else { return [] }
    guard let map = entry.value.map else {
      diagnostics.error(
        "party-form", "'datasets' must be a mapping, but is \(entry.value.phrase)",
        at: entry.value.site, hint: "datasets: {breast: {path: breast.csv}}")
      return []
    }
    if map.entries.count > PartyProfile.datasetLimit {
      diagnostics.error(
        "party-form",
        "a party may have \(PartyProfile.datasetLimit) datasets, but has \(map.entries.count)",
        at: entry.keySite)
      return []
    }
    return map.entries.compactMap { dataset($0) }
  }

  private mutating func dataset(_ entry: ConfigMap.Entry) -> DatasetEntry? {
    if !isPartyName(entry.key) {
      diagnostics.error(
        "dataset-name", "'\(entry.key)' is not a name for a dataset", at: entry.keySite,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
    }
    let read = PartyProfile.datasetGroup.read(
      entry.value, owner: "the dataset '\(entry.key)'", fallback: entry.keySite,
      into: &diagnostics)
    checkCharacters(read, fallback: entry.keySite)
    guard case .map(let values) = read.value, let path = read.value["path"]?.string else {
      return nil
    }
    let options = ConfigValue.map(values.filter { $0.key != "path" })
    return DatasetEntry(name: entry.key, path: path, options: options, site: entry.keySite)
  }

  /// The reader takes bytes: each of the two must be one, and they must differ.
  private mutating func checkCharacters(_ read: ResolvedParameters, fallback: Site?) {
    for name in ["delimiter", "quote"] {
      guard let text = read.value[name]?.string, !text.isEmpty else { continue }
      let byte = text.utf8.first ?? 0
      if text.utf8.count != 1 || byte > 0x7E || byte == 0x0A || byte == 0x0D {
        diagnostics.error(
          "param-out-of-range", "'\(name)' must be one ASCII character, but is '\(text)'",
          at: read.sites[name] ?? fallback)
      }
    }
    if let text = read.value["delimiter"]?.string, text == read.value["quote"]?.string {
      diagnostics.error(
        "param-out-of-range", "'delimiter' and 'quote' must differ, but both are '\(text)'",
        at: read.sites["quote"] ?? read.sites["delimiter"] ?? fallback)
    }
  }
}
