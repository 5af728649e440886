public import MoiraConfig
internal import MoiraModel

/// What a plan asks of one party, for people to read before they allow it.
public struct PartyRequest: Sendable {
  /// One of the party's parts.
  public struct Part: Sendable {
    public let task: String
    public let component: String
    public let version: Int
    /// The datasets whose rows go into it.
    public let reads: [String]
    /// How the sums that it sends are hidden; nil where it sends none.
    public let protection: String?
    /// What leaves the party in it, as a sentence without a full stop.
    public let leaves: String
    /// Those that the pipeline sets, by dotted path.
    public let parameters: [(name: String, value: String)]
    /// Every parameter.
    public let all: ConfigValue
  }

  public let name: String
  public let party: String
  public let roles: [String]
  public let partners: [String]
  public let parts: [Part]

  public init(_ proposal: Proposal, catalog: ComponentSchemas) {
    let sight = PlanSight(proposal, catalog)
    name = proposal.plan.name
    party = proposal.party.text
    roles = sight.ownSeats.map(\.role.rawValue)
    partners = sight.partners.map(\.text)
    parts = sight.parts.map { Part($0, sight) }
  }
}

extension PartyRequest.Part {
  init(_ one: OwnPart, _ sight: PlanSight) {
    task = one.id.text
    component = one.task.component
    version = one.task.componentVersion
    reads = one.rows.sorted()
    let method: String? =
      switch sight.protection(of: one) {
      case .method(let name): name
      case .unknown(let task): "whatever '\(task)' says"
      }
    protection = one.sends && one.hasRows ? method : nil
    leaves = Self.leaves(one, protection)
    parameters = one.part.parameters.value.leaves.filter {
      one.part.parameters.site(of: $0.path) != nil
    }.map { ($0.path, $0.value.written) }
    all = one.part.parameters.value
  }

  private static func leaves(_ one: OwnPart, _ method: String?) -> String {
    guard !one.others.isEmpty else { return "nothing: no other party has a part in it" }
    let others = list(one.others.map(\.text))
    guard one.protectionPort != nil else {
      return "what '\(one.task.component)' tells \(others) of itself; no sums of rows"
    }
    guard one.sends else { return "nothing: each party keeps to itself" }
    guard let method else { return "messages to \(others), none of them of rows" }
    let noise = noise(one).map { ", with \($0)" } ?? ""
    return method == "none"
      ? "its values as they are, to be added up among \(others)\(noise)"
      : "its values, to be added up among \(others), hidden by \(method)\(noise)"
  }

  private static func noise(_ one: OwnPart) -> String? {
    guard let privacy = one.value("privacy"), let unit = privacy["unit"]?.string, unit != "none"
    else { return nil }
    let epsilon = privacy["epsilon"]?.number.map { " of epsilon \(shortNumber($0))" } ?? ""
    return "differential privacy\(epsilon) (\(unit))"
  }
}
