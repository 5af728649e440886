internal import CLibYAML
internal import MoiraConfig
internal import MoiraModel

/// Builds the tree of one document from libyaml's events, with a stack of its own, so that depth
/// costs no recursion.
struct TreeBuilder {
  private let file: String
  private let limits: YAMLLimits
  var diagnostics = Diagnostics()
  private(set) var root: ConfigNode?
  /// Nothing more is wanted: a limit was reached, or there is a second document.
  private(set) var isOver = false

  private var stack: [OpenNode] = []
  private var anchors: [String: Measured] = [:]
  private var documents = 0

  init(file: String, limits: YAMLLimits) {
    self.file = file
    self.limits = limits
  }

  mutating func take(_ event: yaml_event_t) {
    let site = Site(
      file: file, line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: startDocument(at: site)
    case YAML_SCALAR_EVENT: scalar(event, at: site)
    case YAML_ALIAS_EVENT: alias(string(event.data.alias.anchor) ?? "", at: site)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      open(OpenNode(isMap: false, anchor: string(start.anchor), site: site), tag: start.tag)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      open(OpenNode(isMap: true, anchor: string(start.anchor), site: site), tag: start.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: close()
    default: break
    }
  }

  private mutating func startDocument(at site: Site) {
    documents += 1
    guard documents > 1 else { return }
    diagnostics.error("yaml-documents", "a file must hold one document, but has another", at: site)
    isOver = true
  }

  private mutating func open(_ node: OpenNode, tag: UnsafeMutablePointer<yaml_char_t>?) {
    if let tag = string(tag), !containerTags.contains(tag) { reportTag(tag, at: node.site) }
    stack.append(node)
    if stack.count > limits.depth {
      diagnostics.error(
        "yaml-too-deep", "lists and mappings may lie \(limits.depth) deep, but lie deeper here",
        at: node.site)
      isOver = true
    }
  }

  private mutating func close() {
    guard let node = stack.popLast() else { return }
    let content: ConfigNode.Content
    if node.isMap {
      content = .map(merged(node))
    } else {
      content = .list(node.items)
    }
    let measured = Measured(node: ConfigNode(content, at: node.site), count: node.count + 1)
    if let anchor = node.anchor { anchors[anchor] = measured }
    add(measured)
  }

  private mutating func scalar(_ event: yaml_event_t, at site: Site) {
    let scalar = event.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    let text = String(decoding: bytes, as: UTF8.self)
    let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    var content: ConfigNode.Content = isPlain ? .init(plainScalar: text) : .string(text)
    if let tag = string(scalar.tag) { content = tagged(tag, text, at: site) }
    let measured = Measured(node: ConfigNode(content, at: site, text: text), count: 1)
    if let anchor = string(scalar.anchor) { anchors[anchor] = measured }
    add(measured, mayMerge: isPlain && scalar.tag == nil)
  }

  /// `!!str 5` is a string; `!!int x` is an error.
  private mutating func tagged(_ tag: String, _ text: String, at site: Site) -> ConfigNode.Content {
    let plain = ConfigNode.Content(plainScalar: text)
    switch (tag, plain) {
    case ("!", _), ("tag:yaml.org,2002:str", _): return .string(text)
    case ("tag:yaml.org,2002:int", .int), ("tag:yaml.org,2002:float", .double),
      ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:null", .null):
      return plain
    case ("tag:yaml.org,2002:float", .int(let whole)): return .double(Double(whole))
    case ("tag:yaml.org,2002:int", _), ("tag:yaml.org,2002:float", _),
      ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:null", _):
      let name = tag.split(separator: ":").last ?? ""
      diagnostics.error(
        "yaml-tag", "'\(text.prefix(60))' is not what its tag '!!\(name)' says", at: site)
    default: reportTag(tag, at: site)
    }
    return plain
  }

  private mutating func reportTag(_ tag: String, at site: Site) {
    let shown = tag.replacing("tag:yaml.org,2002:", with: "!!")
    diagnostics.error(
      "yaml-tag", "'\(shown)' is not a known tag", at: site,
      hint: "known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map")
  }

  private mutating func alias(_ name: String, at site: Site) {
    if let target = anchors[name] {
      add(target)
    } else {
      let isOpen = stack.contains { $0.anchor == name }
      diagnostics.error(
        "yaml-alias",
        isOpen
          ? "the alias '*\(name)' contains itself"
          : "the alias '*\(name)' has no anchor '&\(name)' above it",
        at: site)
      add(Measured(node: ConfigNode(.null, at: site), count: 1))
    }
  }

  /// Puts a finished node where it belongs.
  ///
  /// - Parameter mayMerge: whether `<<` would be a merge key here: only as a plain scalar.
  private mutating func add(_ measured: Measured, mayMerge: Bool = false) {
    guard !stack.isEmpty else {
      root = measured.node
      return
    }
    let top = stack.count - 1
    stack[top].count += measured.count
    if stack[top].count > limits.nodes {
      diagnostics.error(
        "yaml-too-many-nodes",
        "with its aliases written out the text may have \(limits.nodes) nodes, but has more",
        at: measured.node.site)
      isOver = true
      return
    }
    if !stack[top].isMap {
      stack[top].items.append(measured.node)
    } else if let key = stack[top].key.take() {
      setValue(measured.node, for: key)
    } else {
      stack[top].key = key(from: measured.node, mayMerge: mayMerge)
    }
  }

  private mutating func key(from node: ConfigNode, mayMerge: Bool) -> OpenNode.Key {
    if let name = node.name ?? (node.isNull ? node.text : nil) {
      return OpenNode.Key(text: name, site: node.site, isMerge: mayMerge && name == "<<")
    }
    if !node.isNull {
      diagnostics.error("yaml-key", "a key must be a scalar, but is \(node.phrase)", at: node.site)
    }
    return OpenNode.Key(text: nil, site: node.site, isMerge: false)
  }

  private mutating func setValue(_ value: ConfigNode, for key: OpenNode.Key) {
    let top = stack.count - 1
    guard let name = key.text else { return }
    let first = key.isMerge ? stack[top].mergeSite : stack[top].map.entry(name)?.keySite
    if let first {
      diagnostics.error(
        "yaml-duplicate-key", "the key '\(name)' is already set", at: key.site,
        hint: "it was first set in line \(first.line)")
    } else if key.isMerge {
      stack[top].mergeSite = key.site
      stack[top].merges = sources(ofMerge: value)
    } else {
      stack[top].map.set(.init(key: name, keySite: key.site, value: value))
    }
  }

  /// The mappings that a merge key brings in; https://yaml.org/type/merge.html.
  private mutating func sources(ofMerge value: ConfigNode) -> [ConfigMap] {
    let nodes = value.list ?? [value]
    return nodes.compactMap { node in
      if node.map == nil {
        diagnostics.error(
          "yaml-merge", "'<<' takes a mapping or a list of mappings, but has \(node.phrase)",
          at: node.site)
      }
      return node.map
    }
  }

  /// The mapping's own keys go before merged ones, earlier merged mappings before later ones.
  private func merged(_ node: OpenNode) -> ConfigMap {
    guard !node.merges.isEmpty else { return node.map }
    var result = node.map
    for source in node.merges {
      for entry in source.entries where result.entry(entry.key) == nil { result.set(entry) }
    }
    return result
  }
}

/// A list or mapping whose end has not come yet.
private struct OpenNode {
  struct Key {
    /// Nil for a key that was refused.
    let text: String?
    let site: Site?
    let isMerge: Bool
  }
  let isMap: Bool
  let anchor: String?
  let site: Site
  var items: [ConfigNode] = []
  var map = ConfigMap()
  var key: Key?
  var merges: [ConfigMap] = []
  var mergeSite: Site?
  /// Nodes below it, aliases written out.
  var count = 0
}

/// A node, and how many nodes it is when its aliases are written out.
private struct Measured {
  let node: ConfigNode
  let count: Int
}

private let containerTags: Set<String> = ["!", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]

private func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
  pointer.map { String(decodingCString: $0, as: UTF8.self) }
}
