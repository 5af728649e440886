public import MoiraConfig
public import MoiraModel

/// One parameter of a task as all or some of its parties have it, with where it was written.
public struct PlannedValue: Hashable, Sendable {
  /// Dotted: `optimizer.method`.
  public let path: String
  public let value: ConfigValue
  /// Nil for a default.
  public let site: Site?
  public let parties: [PartyID]

  /// `pipeline.yaml:14`, `--set` or `default`.
  public var origin: String {
    guard let site else { return "default" }
    return site.file == "--set" ? site.file : "\(site.file):\(site.line)"
  }
}

extension PlannedTask {
  /// Every parameter in the schema's order; one entry for all parties that agree in value and place.
  public var parameterValues: [PlannedValue] {
    var found: [PlannedValue] = []
    var places: [String: [Int]] = [:]
    for part in parts {
      for (path, value) in part.parameters.value.leaves {
        let site = part.parameters.site(of: path)
        let same = places[path]?.first { found[$0].value == value && found[$0].site == site }
        if let same {
          found[same] = found[same].adding(part.party)
        } else {
          places[path, default: []].append(found.count)
          found.append(PlannedValue(path: path, value: value, site: site, parties: [part.party]))
        }
      }
    }
    return grouped(found)
  }

  /// Puts values of one path beside one another, in the order in which the paths first came.
  private func grouped(_ values: [PlannedValue]) -> [PlannedValue] {
    var order: [String: Int] = [:]
    for value in values where order[value.path] == nil { order[value.path] = order.count }
    return values.enumerated().sorted {
      (order[$0.element.path] ?? 0, $0.offset) < (order[$1.element.path] ?? 0, $1.offset)
    }.map(\.element)
  }
}

extension PlannedValue {
  fileprivate func adding(_ party: PartyID) -> PlannedValue {
    PlannedValue(path: path, value: value, site: site, parties: parties + [party])
  }
}

extension ResolvedParameters {
  /// Where the value at a dotted path was written, or what it is in; nil for a default.
  public func site(of path: String) -> Site? {
    var path = path[...]
    while true {
      if let site = sites[String(path)] { return site }
      guard let point = path.lastIndex(of: ".") else { return nil }
      path = path[..<point]
    }
  }
}

extension ConfigValue {
  /// What lies in nested mappings, by dotted path; an empty mapping stands for itself.
  public var leaves: [(path: String, value: ConfigValue)] {
    guard case .map(let entries) = self else { return [("", self)] }
    return entries.flatMap { entry -> [(path: String, value: ConfigValue)] in
      if case .map(let inner) = entry.value, !inner.isEmpty {
        return entry.value.leaves.map { ("\(entry.key).\($0.path)", $0.value) }
      }
      return [(entry.key, entry.value)]
    }
  }

  /// As a person would write it in a pipeline.
  public var written: String {
    guard case .string(let text) = self else { return json() }
    if case .string = ConfigNode.Content(plainScalar: text), !text.isEmpty,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x7F })
    {
      return text
    }
    return json()
  }
}
