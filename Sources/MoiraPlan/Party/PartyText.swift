internal import MoiraConfig

/// What a `party.yaml` says beside its id and its datasets, as written.
struct PartyText: Parameterized {
  @Param("The hub that the party's agent dials.") var hub: HubText?
  @Param("How other parties reach this one past the hub; without, they do not.")
  var direct: DirectText?
  @Param("What jobs may take of this party at once.") var resources: ResourcesText =
    ResourcesText()
  @Param("What jobs of others may do here; without, nothing.") var policy: PolicyText?

  static let group = ParameterGroup(parameterSchemas)
}

/// `hub: {address: hub.example.org:7433}`.
struct HubText: ParameterGroupValue {
  static let shorthand: String? = "address"

  @Param("Where the hub answers: host:port.", .notEmpty) var address: String
}

/// `direct: {listen: 0.0.0.0:7443, address: hospital-a.example.org:7443}`.
struct DirectText: ParameterGroupValue {
  static let shorthand: String? = "listen"

  @Param("Where the agent waits for other parties: host:port.", .notEmpty) var listen: String
  @Param("What other parties dial, where that differs: host:port.", .notEmpty)
  var address: String?
}

/// `resources: {slots: 4, memory: 8192}`.
struct ResourcesText: ParameterGroupValue {
  @Param("How many jobs may have parts at work at the same time.", .atLeast(1), .atMost(1024))
  var slots: Int = 4
  @Param("Megabytes that these jobs may take together.", .atLeast(1), .atMost(1_000_000_000))
  var memory: Int = 8192
}
