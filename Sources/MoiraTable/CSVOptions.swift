/// How a CSV file is to be read: its dialect, and which column is what.
public struct CSVOptions: Hashable, Codable, Sendable {
  /// The byte between fields.
  public var delimiter: UInt8
  /// The byte around fields that hold delimiters, line ends or quotes; doubled inside them.
  public var quote: UInt8
  /// Whether the first line holds the columns' names.
  public var hasHeader: Bool
  /// Texts that stand for a missing value, quoted or not, blanks around them aside. Of numeric
  /// columns by value too: `-999` also makes `-999.0` missing.
  public var missing: [String]
  /// The columns' names when there is no header; `c0`, `c1`, ... when this is nil too.
  public var names: [String]?
  /// The column whose values tell rows apart.
  public var id: String?
  public var label: String?
  public var weight: String?
  public var features: FeatureChoice
  /// Names or patterns of the features that are texts; all others must be numbers.
  public var categorical: [String]

  public init(
    delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""),
    hasHeader: Bool = true, missing: [String] = Self.usualMissing, names: [String]? = nil,
    id: String? = nil, label: String? = nil, weight: String? = nil,
    features: FeatureChoice = .allOthers, categorical: [String] = []
  ) {
    self.delimiter = delimiter
    self.quote = quote
    self.hasHeader = hasHeader
    self.missing = missing
    self.names = names
    self.id = id
    self.label = label
    self.weight = weight
    self.features = features
    self.categorical = categorical
  }

  public static let usualMissing = ["", "NA", "NaN", "nan", "null", "?"]
}

/// Which columns are features.
public enum FeatureChoice: Hashable, Codable, Sendable {
  /// All that are not the id, the label or the weight, in the file's order.
  case allOthers
  /// Those of these names, in the order given. In a name `*` stands for any characters and `?` for
  /// one: such a pattern takes the columns that match, in the file's order, and never the id, the
  /// label or the weight.
  case named([String])
}

/// The bounds that reading a CSV file keeps to.
public enum CSVLimits {
  public static let columns = TableLayout.columnLimit
  /// Bytes in one field.
  public static let fieldBytes = DecimalNumber.lengthLimit
  /// Distinct values of one categorical column, the label included.
  public static let levels = 1 << 16
  public static let rows = TableLayout.rowLimit
}
