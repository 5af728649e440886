public import MoiraConfig
public import MoiraModel

/// A table that a client has registered under FATE's two names.
public struct FlowTable: Hashable, Codable, Sendable {
  public enum Place: Hashable, Codable, Sendable {
    /// The server's own copy.
    case kept(ContentHash)
    /// A file below one of the declared folders, which stays where it is.
    case bound(path: String)
  }

  public let namespace: String
  public let name: String
  public let place: Place
  /// What the client said of the file.
  public let meta: FlowTableMeta
  /// Nil for a file that is bound: it is looked at when it is used.
  public var sight: FlowTableSight?
  /// The one party that may read it; nil for all parties of this site.
  public let party: String?
  public let created: Instant

  /// The name of the dataset that a plan knows it by.
  public var dataset: String { Self.dataset(namespace: namespace, name: name) }

  public static func dataset(namespace: String, name: String) -> String { "\(namespace).\(name)" }
}

/// What FATE's `meta` of an upload says, as far as it steers how the file is read.
public struct FlowTableMeta: Hashable, Codable, Sendable {
  public var hasHeader = true
  public var delimiter = ","
  /// The column that tells rows apart: `match_id_name`, else `sample_id_name`.
  public var id: String?
  public var label: String?
  public var weight: String?
  /// The columns' names of a file that has none.
  public var header: [String]?
  public var missing: [String]?
  /// Columns that are texts.
  public var categorical: [String] = []
  /// As it came, for `table query`.
  public var written: ConfigValue

  public init(written: ConfigValue = .map([])) { self.written = written }
}

extension FlowTableMeta {
  private static let known: Set<String> = [
    "sample_id_name", "match_id_name", "match_id_list", "match_id_range", "label_name",
    "label_type", "weight_name", "weight_type", "header", "delimiter", "dtype", "na_values",
    "input_format", "tag_with_value", "tag_value_delimiter",
  ]

  /// - Throws: `request-field` for a key that FATE does not have, a type that is another, or what
  ///   FATE 2 itself does not read.
  init(_ meta: FlowFields, head: Bool) throws(FlowRefusal) {
    self.init(written: meta.value)
    try meta.allow(Self.known)
    hasHeader = head
    delimiter = try meta.string("delimiter") ?? ","
    id = try meta.string(either: "match_id_name", "sample_id_name")
    label = try meta.string("label_name")
    weight = try meta.string("weight_name")
    header = try meta.strings("header", separator: delimiter)
    missing = try meta.strings("na_values", separator: nil)
    if let format = try meta.string("input_format"), format != "dense" {
      throw meta.refusal("input_format", "must be 'dense', but is '\(format)'")
    }
    if delimiter.utf8.count != 1, delimiter != "\\t" {
      throw meta.refusal("delimiter", "must be one ASCII character")
    }
    categorical = try meta.textColumns("dtype")
  }
}

extension FlowFields {
  /// The columns that a `dtype` mapping says are texts.
  fileprivate func textColumns(_ name: String) throws(FlowRefusal) -> [String] {
    guard let map = node(name)?.map else { return [] }
    let texts = ["str", "string", "object"]
    return map.entries.filter { texts.contains($0.value.name ?? "") }.map(\.key)
  }
}
