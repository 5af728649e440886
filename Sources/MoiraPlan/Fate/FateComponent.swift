internal import MoiraConfig
internal import MoiraModel

/// One of FATE's components in our terms: its names, ports and parameters, and the steps that stand
/// for a task of it.
struct FateComponent: Sendable {
  /// An input port by FATE's name.
  struct Input: Sendable {
    let name: String
    /// Names that other versions of FATE give it.
    var aliases: [String] = []
    var section = "data"
    /// Nil for every stage.
    var stages: Set<FateStage>?
    var isOptional = false
    /// Whether it takes several artifacts.
    var isMany = false
    /// Whether each of them may go to some of the parties only.
    var canVary = false
    /// Whether all parties have it or none.
    var isForAll = false

    func fits(_ stage: FateStage) -> Bool { stages?.contains(stage) ?? true }
  }

  let name: String
  /// What of ours does its work.
  let ours: String
  /// Empty when it has none but `default`.
  var stages: Set<FateStage> = []
  var inputs: [Input] = []
  let parameters: ParameterGroup
  /// Parameters that are checked and change nothing; told, where they are written.
  var idle: Set<String> = []
  /// What of ours brings in an earlier job's model, and its port.
  var modelReader: (component: String, port: PortName) = ("model_reader", "model")
  /// Where ours and FATE's differ on purpose, for one note in each reading.
  var differences: [String] = []
  /// Whether a party alone has nothing to do in it.
  var needsOthers: @Sendable (_ stage: FateStage) -> Bool = { _ in false }
  /// Its outputs by FATE's keys, with where they lie.
  let outputs: @Sendable (_ task: TaskID, _ stage: FateStage) -> [String: FateTask.Place]
  /// Says a task in steps of ours.
  let steps: @Sendable (_ call: FateCall, _ maker: inout FateMaker) -> Void

  func input(_ name: String, _ stage: FateStage) -> Input? {
    inputs.first { ($0.name == name || $0.aliases.contains(name)) && $0.fits(stage) }
  }
}

/// A task whose component, seats, parameters and inputs are known.
struct FateCall {
  let task: FateStep
  let component: FateComponent
  let stage: FateStage
  /// The seats with data that take part.
  let members: [Pipeline.Member]
  /// By seat.
  let parameters: [PartyID: FateParameters]
  /// By FATE's name of the port.
  var feeds: [String: [FateFeed]]

  var id: TaskID { task.id }
  var seats: Set<PartyID> { Set(members.map(\.party)) }
  func feed(_ port: String) -> FateFeed? { feeds[port]?.first }
  /// Any seat's, for what must be the same at all.
  var common: FateParameters? { members.first.flatMap { parameters[$0.party] } }
}

/// What an input port gets: from one place, or from a place for each of some seats.
struct FateFeed {
  struct Source {
    let place: FateTask.Place
    let site: Site?
    /// Nil for all that take part.
    var seats: Set<PartyID>?

    func serves(_ seat: PartyID) -> Bool { seats?.contains(seat) ?? true }
  }

  var sources: [Source]

  init(place: FateTask.Place, site: Site?) { sources = [Source(place: place, site: site)] }
  init(_ sources: [Source]) { self.sources = sources }

  func source(at seat: PartyID) -> Source? { sources.first { $0.serves(seat) } }

  /// The same, as if it were written at another place.
  func told(at site: Site?) -> FateFeed {
    FateFeed(sources.map { Source(place: $0.place, site: site, seats: $0.seats) })
  }
}

/// What predictions follow from: the model, and the rows that it was applied to.
struct FateScores {
  let model: FateFeed
  let rows: FateFeed
}

/// One party's parameters of a task by FATE's names, checked, defaults filled in.
struct FateParameters {
  let resolved: ResolvedParameters
  /// As written, the layers merged.
  let raw: ConfigNode?
  let site: Site?

  /// The value at a dotted path with its place; nil when there is none.
  subscript(path: String) -> ConfigNode? {
    var value: ConfigValue? = resolved.value
    for name in path.split(separator: ".") { value = value?[String(name)] }
    guard let value, !value.isNull else { return nil }
    return ConfigNode(value, at: written(path)?.site ?? resolved.site(of: path) ?? site)
  }

  func value(_ path: String) -> ConfigValue { self[path]?.value ?? .null }

  func isWritten(_ path: String) -> Bool {
    resolved.sites.keys.contains { $0 == path || $0.hasPrefix(path + ".") }
  }

  /// What was written at a dotted path, before it became what the parameter takes.
  func written(_ path: String) -> ConfigNode? {
    var node = raw
    for name in path.split(separator: ".") { node = node?.map?[String(name)] }
    return node
  }

  /// The value under another name, for our own parameters.
  func entry(_ name: String, from path: String) -> [ConfigMap.Entry] {
    self[path].map { [.init(key: name, keySite: $0.site, value: $0)] } ?? []
  }
}

extension ConfigNode {
  /// A value that stands for something written at a place.
  init(_ value: ConfigValue, at site: Site?) {
    let content: Content =
      switch value {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .string(let text): .string(text)
      case .list(let values): .list(values.map { ConfigNode($0, at: site) })
      case .map(let entries):
        .map(
          ConfigMap(
            entries.map { .init(key: $0.key, keySite: site, value: ConfigNode($0.value, at: site)) }
          ))
      }
    self.init(content, at: site)
  }
}

extension ConfigMap.Entry {
  init(_ key: String, _ value: ConfigValue, at site: Site?) {
    self.init(key: key, keySite: site, value: ConfigNode(value, at: site))
  }
}
