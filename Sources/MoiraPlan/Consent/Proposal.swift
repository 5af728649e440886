public import MoiraModel

/// A job that a party is asked to take part in.
public struct Proposal: Sendable {
  public let job: JobID
  public let plan: Plan
  /// As the hub says that the certificate names them.
  public let submitter: String
  /// Who is asked: its registered id, of which a plan's seats may be several.
  public let party: PartyID
  public let now: Instant

  public init(job: JobID, plan: Plan, submitter: String, party: PartyID, now: Instant) {
    self.job = job
    self.plan = plan
    self.submitter = submitter
    self.party = party
    self.now = now
  }

  /// The registered datasets that the party's own parts name, in order; what a count of rows must be
  /// ready for.
  public func datasets(_ catalog: ComponentSchemas) -> [String] {
    let sight = PlanSight(self, catalog)
    return Set(sight.parts.compactMap(\.dataset)).sorted()
  }
}

/// What a decision needs to know beside the policy.
public struct PolicyFacts: Sendable {
  /// The components of the party's own build.
  public let catalog: ComponentSchemas
  /// The names of the party's datasets.
  public let datasets: Set<String>
  /// How many rows a dataset has; nil where that is not known.
  public let rows: @Sendable (_ dataset: String) -> Int?
  /// ε that other jobs have spent or reserved.
  public let spent: @Sendable (_ dataset: String, _ partner: PartyID) -> Double

  public init(
    catalog: ComponentSchemas, datasets: Set<String>,
    rows: @escaping @Sendable (_ dataset: String) -> Int?,
    spent: @escaping @Sendable (_ dataset: String, _ partner: PartyID) -> Double
  ) {
    self.catalog = catalog
    self.datasets = datasets
    self.rows = rows
    self.spent = spent
  }
}
