internal import MoiraConfig
internal import MoiraModel

/// What is the same for all seats of a step, and what is not.
///
/// A parameter that differs stands under `at`: by role where all seats of each role agree, else by
/// seat. Groups are not torn.
struct FateSplit {
  private(set) var common: [ConfigMap.Entry] = []
  private(set) var overrides: [(target: Pipeline.Named<String>, node: ConfigNode)] = []

  init(_ own: [(member: Pipeline.Member, entries: [ConfigMap.Entry])], all: [Pipeline.Member]) {
    guard let first = own.first else { return }
    let keys = own.flatMap(\.entries).map(\.key)
    var shared: Set<String> = []
    for key in Set(keys) {
      let values = own.map { Self.value(key, in: $0.entries) }
      if values.allSatisfy({ $0 != nil && $0 == values[0] }) { shared.insert(key) }
    }
    common = first.entries.filter { shared.contains($0.key) }
    let rest = own.map { one in (one.member, one.entries.filter { !shared.contains($0.key) }) }
    if rest.allSatisfy({ $0.1.isEmpty }) { return }
    let roles = Set(own.map(\.member.role))
    let byRole = roles.allSatisfy { role in
      let same = rest.filter { $0.0.role == role }
      return same.allSatisfy { Self.map($0.1) == Self.map(same[0].1) }
    }
    if byRole {
      for role in Role.allCases {
        guard let one = rest.first(where: { $0.0.role == role }) else { continue }
        add(role.rawValue, one.1)
      }
    } else {
      for one in rest { add(one.0.party.text, one.1) }
    }
  }

  private mutating func add(_ target: String, _ entries: [ConfigMap.Entry]) {
    guard let first = entries.first else { return }
    overrides.append(
      (
        .init(value: target, site: first.keySite),
        ConfigNode(.map(ConfigMap(entries)), at: first.keySite)
      ))
  }

  private static func value(_ key: String, in entries: [ConfigMap.Entry]) -> ConfigValue? {
    entries.first { $0.key == key }?.value.value
  }

  private static func map(_ entries: [ConfigMap.Entry]) -> ConfigValue {
    .map(entries.map { ($0.key, $0.value.value) })
  }
}
