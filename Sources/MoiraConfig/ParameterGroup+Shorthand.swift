extension ParameterGroup {
  /// The same with every shorthand written out: `optimizer: adam` as `optimizer: {method: adam}`.
  ///
  /// Done before layers are merged, so that a value laid over one parameter of a group leaves the
  /// others as they were.
  package func spelledOut(_ node: ConfigNode) -> ConfigNode {
    guard let map = node.map else { return node }
    var result = map
    for entry in map.entries {
      guard case .group(let inner)? = self[entry.key]?.kind else { continue }
      var entry = entry
      entry.value = inner.spelledOut(inner.withoutShorthand(entry.value))
      result.set(entry)
    }
    return ConfigNode(.map(result), at: node.site)
  }

  private func withoutShorthand(_ node: ConfigNode) -> ConfigNode {
    guard let shorthand, node.map == nil, node.list == nil, !node.isNull else { return node }
    return ConfigNode(
      .map(ConfigMap([.init(key: shorthand, keySite: node.site, value: node)])), at: node.site)
  }
}
