internal import MoiraConfig
internal import MoiraModel

/// The fields that a client sent, from the query or the body, read with their types.
///
/// FATE's client sends numbers as texts in a query, and party ids as numbers or texts.
struct FlowFields {
  /// Where the fields stand in the request: `meta` for those of an upload's `meta`.
  private let path: String?
  private let map: ConfigMap

  init(_ map: ConfigMap, at path: String? = nil) {
    self.map = map
    self.path = path
  }

  init(query entries: [(key: String, value: String)]) {
    path = nil
    var map = ConfigMap()
    for (key, value) in entries {
      let node = ConfigNode(.string(value), at: nil, text: value)
      // A key that stands several times is a list.
      let old = map[key].map { $0.list ?? [$0] }
      let new = old.map { ConfigNode(.list($0 + [node]), at: nil) } ?? node
      map.set(.init(key: key, keySite: nil, value: new))
    }
    self.map = map
  }

  var value: ConfigValue { ConfigNode(.map(map), at: nil).value }

  /// Nil also for `null`, as FATE has it.
  func node(_ name: String) -> ConfigNode? {
    guard let node = map[name], !node.isNull else { return nil }
    return node
  }

  // MARK: Types

  /// Not longer than `limit` characters.
  func string(
    _ name: String, limit: Int = FlowLimits.name
  ) throws(FlowRefusal) -> String? {
    guard let node = node(name) else { return nil }
    guard let text = node.name else { throw refusal(name, "must be a text, but is \(node.phrase)") }
    if text.count > limit {
      throw refusal(name, "must have at most \(limit) characters, but has \(text.count)")
    }
    return text
  }

  func required(_ name: String, limit: Int = FlowLimits.name) throws(FlowRefusal) -> String {
    guard let text = try string(name, limit: limit), !text.isEmpty else { throw missing(name) }
    return text
  }

  /// The first of two that is given.
  func string(either first: String, _ second: String) throws(FlowRefusal) -> String? {
    if let text = try string(first) { return text }
    return try string(second)
  }

  /// `true`, `"True"`, `1`.
  func flag(_ name: String) throws(FlowRefusal) -> Bool? {
    guard let node = node(name) else { return nil }
    if case .bool(let flag) = node.content { return flag }
    switch node.name?.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default: throw refusal(name, "must be true or false, but is \(node.phrase)")
    }
  }

  func whole(_ name: String, _ range: ClosedRange<Int>) throws(FlowRefusal) -> Int? {
    guard let node = node(name) else { return nil }
    guard let text = node.name, let number = Int(text) else {
      throw refusal(name, "must be a whole number, but is \(node.phrase)")
    }
    guard range.contains(number) else {
      throw refusal(
        name, "must be \(range.lowerBound) to \(range.upperBound), but is \(number)")
    }
    return number
  }

  /// A list of texts, or one text that is cut at the separator.
  func strings(_ name: String, separator: String?) throws(FlowRefusal) -> [String]? {
    guard let node = node(name) else { return nil }
    guard let list = node.list else {
      guard let text = node.name else {
        throw refusal(name, "must be a list of texts, but is \(node.phrase)")
      }
      guard let separator, !separator.isEmpty else { return [text] }
      return text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    return try list.map { item throws(FlowRefusal) in
      guard let text = item.name else {
        throw refusal(name, "must be a list of texts, but has \(item.phrase) in it")
      }
      return text
    }
  }

  func mapping(_ name: String) throws(FlowRefusal) -> FlowFields? {
    guard let node = node(name) else { return nil }
    guard let map = node.map else {
      throw refusal(name, "must be a mapping, but is \(node.phrase)")
    }
    return FlowFields(map, at: field(name))
  }

  func requiredMapping(_ name: String) throws(FlowRefusal) -> FlowFields {
    guard let map = try mapping(name) else { throw missing(name) }
    return map
  }

  /// - Throws: `request-field` for the first key that is none of these.
  func allow(_ names: Set<String>) throws(FlowRefusal) {
    for entry in map.entries where !names.contains(entry.key) {
      throw FlowRefusal(
        .parameter,
        Failure(
          "request-field", "'\(entry.key.prefix(60))' is not a field here",
          hint: nearestName(to: entry.key, among: names.sorted()).map { "did you mean '\($0)'?" }
            ?? "fields are " + names.sorted().joined(separator: ", ")),
        field: field(entry.key))
    }
  }

  // MARK: Words

  private func field(_ name: String) -> String { path.map { "\($0).\(name)" } ?? name }

  func refusal(_ name: String, _ rule: String) -> FlowRefusal {
    FlowRefusal(
      .parameter, Failure("request-field", "'\(name)' \(rule)"), field: field(name))
  }

  func missing(_ name: String) -> FlowRefusal {
    FlowRefusal(
      .parameter, Failure("request-field", "'\(name)' must be given"), field: field(name))
  }
}
