public import MoiraModel

/// What a party lets jobs do that are asked of it. What it does not name is refused.
public struct PartyPolicy: Hashable, Sendable {
  /// Kinds that a `release` may name: rows and keys never leave.
  public static let releasable: [ArtifactKind] = [.model, .scaler, .metrics, .statistics]

  /// How large a job may be; nil where nothing is said.
  public struct Limits: Hashable, Sendable {
    public let tasks: Int?
    public let parallelism: Int?
    /// Megabytes.
    public let memory: Int?
    /// Seconds of one attempt of a task.
    public let timeout: Double?

    public init(
      tasks: Int? = nil, parallelism: Int? = nil, memory: Int? = nil, timeout: Double? = nil
    ) {
      self.tasks = tasks
      self.parallelism = parallelism
      self.memory = memory
      self.timeout = timeout
    }
  }

  public var submitters = NameRule([])
  public var partners = NameRule([])
  public var roles = NameRule([])
  public var components = ComponentRule([])
  public var datasets = DatasetRules([])
  public var protections = NameRule([])
  /// Nil for any time.
  public var hours: OpeningHours?
  public var limits = Limits()
  public var release = NameRule([])
  /// Where each rule stands, by its dotted name.
  var sites: [String: Site] = [:]

  /// Allows nothing.
  public init() {}

  /// Where a rule stands in the party's file, or what it is in: `policy.limits.tasks`.
  public func site(of rule: String) -> Site? {
    var path = rule[...]
    while true {
      if let site = sites[String(path)] { return site }
      guard let point = path.lastIndex(of: ".") else { return nil }
      path = path[..<point]
    }
  }

  /// Whether artifacts of a kind may leave when a submitter asks for them.
  public func releases(_ kind: ArtifactKind) -> Bool {
    Self.releasable.contains(kind) && release.allows(kind.text)
  }
}

/// Datasets that are allowed, with the rules of each.
public struct DatasetRules: Hashable, Sendable {
  /// What goes for one dataset beside what goes for all.
  public struct Rule: Hashable, Sendable {
    /// Nil for all who may submit at all.
    public var submitters: NameRule?
    /// Nil for all components that may run at all.
    public var components: ComponentRule?
    public var minimumRows = 0
    public var epsilon: EpsilonBudget?

    public init() {}
  }

  /// In the order in which they were written.
  public let names: [String]
  public let allowsAny: Bool
  private let rules: [String: Rule]

  public init(_ entries: [(name: String, rule: Rule)]) {
    allowsAny = entries.contains { $0.name == NameRule.anyWord }
    names = entries.map(\.name).filter { $0 != NameRule.anyWord }
    rules = Dictionary(entries.map { ($0.name, $0.rule) }, uniquingKeysWith: { first, _ in first })
  }

  /// The rule of a dataset; nil if it may not be read.
  public subscript(name: String) -> Rule? {
    rules[name] ?? (allowsAny ? rules[NameRule.anyWord] : nil)
  }

  /// What it is called that goes for a dataset: `policy.datasets.breast`, or `.any`.
  func place(of name: String) -> String {
    "policy.datasets." + (rules[name] == nil && allowsAny ? NameRule.anyWord : name)
  }

  public var words: String {
    if allowsAny, names.isEmpty { return NameRule.anyWord }
    let all = names + (allowsAny ? [NameRule.anyWord] : [])
    return all.isEmpty ? "none" : all.joined(separator: ", ")
  }
}

/// What differential privacy may spend of a dataset.
public struct EpsilonBudget: Hashable, Sendable {
  /// ε of all jobs together, towards one partner.
  public let perPartner: Double
  /// The greatest δ of one training.
  public let delta: Double
  /// Components that may send sums of the rows without noise, uncounted.
  public let withoutNoise: ComponentRule

  public init(perPartner: Double, delta: Double = 1e-5, withoutNoise: ComponentRule = .init([])) {
    self.perPartner = perPartner
    self.delta = delta
    self.withoutNoise = withoutNoise
  }
}
