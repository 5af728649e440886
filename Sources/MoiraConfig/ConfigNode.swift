public import MoiraModel

/// A piece of what the user wrote, with its place.
public struct ConfigNode: Sendable {
  public indirect enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([ConfigNode])
    case map(ConfigMap)
  }

  public let content: Content
  /// Where it starts.
  public let site: Site?
  /// A scalar as written, so that `9999` can be read as a name and `0x1F` shown as it stands.
  public let text: String?

  public init(_ content: Content, at site: Site?, text: String? = nil) {
    self.content = content
    self.site = site
    self.text = text
  }

  public var map: ConfigMap? {
    if case .map(let map) = content { map } else { nil }
  }
  public var list: [ConfigNode]? {
    if case .list(let list) = content { list } else { nil }
  }
  public var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// A scalar's text when it can serve as a name: any scalar but null.
  public var name: String? {
    switch content {
    case .null, .list, .map: nil
    case .string(let string): string
    case .bool, .int, .double: text
    }
  }

  /// What it is, with an article, for messages.
  public var phrase: String {
    switch content {
    case .null: "empty"
    case .bool(let flag): text ?? String(flag)
    case .int(let number): text ?? String(number)
    case .double(let number): text ?? String(number)
    case .string(let string): "'\(string.prefix(60))'"
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// The value without its places.
  public var value: ConfigValue {
    switch content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let string): .string(string)
    case .list(let nodes): .list(nodes.map(\.value))
    case .map(let map): .map(map.entries.map { ($0.key, $0.value.value) })
    }
  }
}

/// The entries of a mapping in the order in which they were written; no key twice.
public struct ConfigMap: Sendable {
  public struct Entry: Sendable {
    public let key: String
    public let keySite: Site?
    public var value: ConfigNode

    public init(key: String, keySite: Site?, value: ConfigNode) {
      self.key = key
      self.keySite = keySite
      self.value = value
    }
  }

  public private(set) var entries: [Entry] = []
  /// Only for large mappings: small ones are searched faster from end to end.
  private var positions: [String: Int]?

  public init() {}

  public init(_ entries: [Entry]) {
    for entry in entries { set(entry) }
  }

  public subscript(key: String) -> ConfigNode? { entry(key)?.value }

  public func entry(_ key: String) -> Entry? { position(of: key).map { entries[$0] } }

  /// Adds the entry, or puts its value in the place of the one that has the same key.
  public mutating func set(_ entry: Entry) {
    if let place = position(of: entry.key) {
      entries[place] = entry
      return
    }
    entries.append(entry)
    if positions != nil {
      positions?[entry.key] = entries.count - 1
    } else if entries.count > 16 {
      positions = Dictionary(
        entries.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { $1 })
    }
  }

  private func position(of key: String) -> Int? {
    if let positions { return positions[key] }
    return entries.firstIndex { $0.key == key }
  }
}

extension ConfigNode {
  /// Both, merged deeply: mappings key by key, anything else replaced by `other`.
  public func merged(with other: ConfigNode) -> ConfigNode {
    guard var mine = map, let theirs = other.map else { return other }
    for entry in theirs.entries {
      var entry = entry
      if let old = mine[entry.key] { entry.value = old.merged(with: entry.value) }
      mine.set(entry)
    }
    return ConfigNode(.map(mine), at: site ?? other.site)
  }

  /// The node with `leaf` put at `path`, and the mappings on the way made where they are missing.
  public func setting(_ leaf: ConfigNode, at path: [String], keySite: Site?) -> ConfigNode {
    guard let key = path.first else { return leaf }
    var mapping = map ?? ConfigMap()
    let old = mapping[key] ?? ConfigNode(.map(ConfigMap()), at: leaf.site)
    let new = old.setting(leaf, at: Array(path.dropFirst()), keySite: keySite)
    mapping.set(.init(key: key, keySite: mapping.entry(key)?.keySite ?? keySite, value: new))
    return ConfigNode(.map(mapping), at: site ?? leaf.site)
  }
}
