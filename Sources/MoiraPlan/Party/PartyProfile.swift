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

/// What a party says of itself in its `party.yaml`: its id, which data it has where, and what it lets
/// jobs of others do.
public struct PartyProfile: Sendable {
  /// How many datasets a party may register.
  public static let datasetLimit = 10_000

  /// How other parties reach this one past the hub.
  public struct DirectPlace: Hashable, Sendable {
    /// Where the agent waits.
    public let listen: NetworkAddress
    /// What others dial.
    public let address: NetworkAddress

    public init(listen: NetworkAddress, address: NetworkAddress) {
      self.listen = listen
      self.address = address
    }
  }

  /// What jobs may take of the party at once.
  public struct Resources: Hashable, Sendable {
    /// Jobs with parts at work.
    public let slots: Int
    /// Megabytes of all of them.
    public let memory: Int

    public init(slots: Int = 4, memory: Int = 8192) {
      self.slots = slots
      self.memory = memory
    }
  }

  public let id: PartyID
  public let datasets: [DatasetEntry]
  /// Where its file names it.
  package internal(set) var site: Site?
  /// Nil for a party that takes part on its own machine only.
  public internal(set) var hub: NetworkAddress?
  public internal(set) var direct: DirectPlace?
  public internal(set) var resources = Resources()
  /// Nil where the file has none: then every job of others is refused.
  public internal(set) var policy: PartyPolicy?

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
