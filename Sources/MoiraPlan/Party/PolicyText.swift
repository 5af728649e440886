internal import MoiraConfig

/// `policy:` of a `party.yaml`, as written. What is left out allows nothing, but for `hours` and
/// `limits`, which bound nothing then, and `protections`.
struct PolicyText: ParameterGroupValue {
  @Param("Who may submit jobs, by the names of their certificates; any for everybody.")
  var submitters: [String] = []
  @Param("Parties that may be in a job with this one; any for all.") var partners: [String] = []
  @Param("What this party may be in a job: guest, host, arbiter, or any.") var roles: [String] = []
  @Param("Components that may run here, homo_lr or homo_lr@2 for one version; any for all.")
  var components: [String] = []
  @Param("Datasets that may be read, by name, or each with rules of its own; any for all.")
  var datasets: DatasetRulesText = DatasetRulesText(names: [])
  @Param("Methods of an encryptor that may hide what is sent of this party's rows; any for all.")
  var protections: [String] = ["secure_aggregation", "secret_sharing", "paillier"]
  @Param("When jobs are taken on; without, at any time.") var hours: HoursText?
  @Param("How large a job may be.") var limits: LimitsText = LimitsText()
  @Param("Kinds of artifacts that a submitter may ask for: model, scaler, metrics, statistics.")
  var release: [String] = []
}

/// `breast: {minimum_rows: 50, epsilon: 3}`: rules for one dataset, beside those for all.
struct DatasetRuleText: ParameterGroupValue {
  @Param("Who of the submitters may use it; without, all of them.") var submitters: [String]?
  @Param("Which of the components its rows may go into; without, all of them.")
  var components: [String]?
  @Param("The fewest rows that it must have to be used.", .atLeast(0)) var minimumRows: Int = 0
  @Param("What differential privacy may spend of it; without, it is not asked for.")
  var epsilon: EpsilonText?
}

/// `epsilon: {per_partner: 3.0, delta: 1e-5}`.
struct EpsilonText: ParameterGroupValue {
  static let shorthand: String? = "per_partner"

  @Param("What all jobs together may spend towards one partner.", .moreThan(0), .atMost(1_000_000))
  var perPartner: Double
  @Param("The greatest delta that a training may have.", .moreThan(0), .lessThan(0.1))
  var delta: Double = 1e-5
  @Param("Components that may send sums of its rows without noise; they are not counted.")
  var withoutNoise: [String] = []
}

/// `hours: {from: "20:00", to: "06:00", utc_offset: "+02:00", days: [fri, sat]}`.
struct HoursText: ParameterGroupValue {
  @Param("When they begin, as hh:mm.") var from: String = "00:00"
  @Param("When they end, as hh:mm; on the next day if that is before they begin.")
  var to: String = "24:00"
  @Param("How far local time is ahead of UTC, as +hh:mm or -hh:mm.")
  var utcOffset: String = "+00:00"
  @Param("The days on which they begin: mon, tue, wed, thu, fri, sat, sun.", .notEmpty)
  var days: [String] = Weekday.allCases.map(\.rawValue)
}

/// `limits: {tasks: 100, parallelism: 8, memory: 4096, timeout: 86400}`.
struct LimitsText: ParameterGroupValue {
  @Param("The most tasks in a job.", .atLeast(1)) var tasks: Int?
  @Param("The most tasks of a job at the same time.", .atLeast(1)) var parallelism: Int?
  @Param("The most megabytes that a job may take here.", .atLeast(1)) var memory: Int?
  @Param("The most seconds that one attempt of a task may take.", .atLeast(1)) var timeout: Double?
}

/// Datasets by name, or each with its rules.
struct DatasetRulesText: ParameterValue {
  static let parameterKind = ParameterKind.either([
    [String].parameterKind, .dictionary(DatasetRuleText.parameterKind),
  ])

  let rules: [(name: String, rule: DatasetRuleText)]

  init(names: [String]) { rules = names.map { ($0, DatasetRuleText()) } }

  init?(parameter: ConfigValue) {
    if let names = [String](parameter: parameter) {
      rules = names.map { ($0, DatasetRuleText()) }
      return
    }
    guard case .map(let entries) = parameter else { return nil }
    var rules: [(name: String, rule: DatasetRuleText)] = []
    for entry in entries {
      guard let rule = DatasetRuleText(parameter: entry.value) else { return nil }
      rules.append((entry.key, rule))
    }
    self.rules = rules
  }

  var parameter: ConfigValue { .list(rules.map { .string($0.name) }) }
}
