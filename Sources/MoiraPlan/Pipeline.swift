public import MoiraConfig
public import MoiraModel

/// A pipeline as written: names, not yet looked up.
public struct Pipeline: Sendable {
  /// A word from the file with its place.
  public struct Named<Value: Sendable>: Sendable {
    public let value: Value
    public let site: Site?

    package init(value: Value, site: Site?) {
      self.value = value
      self.site = site
    }
  }

  /// One of the parties with its role.
  public struct Member: Sendable {
    /// The seat's name; see `RolePlayer`.
    public let party: PartyID
    public let role: Role
    public let site: Site?
    /// Whose seat it is, where it is not called after its party.
    public let holder: PartyID?

    package init(party: PartyID, role: Role, site: Site?, holder: PartyID? = nil) {
      self.party = party
      self.role = role
      self.site = site
      self.holder = holder
    }

    /// The party that is registered.
    public var registered: PartyID { holder ?? party }
  }

  /// One wired input: `data: split_0.train`, or one party's or role's of
  /// `data: {hospital-a: sample_0.table, host: split_0.train}`.
  public struct Wire: Sendable {
    public let port: Named<PortName>
    public let source: Named<String>
    /// The party or role that it is for, by the word in the file; nil for all.
    public let target: Named<String>?

    package init(port: Named<PortName>, source: Named<String>, target: Named<String>? = nil) {
      self.port = port
      self.source = source
      self.target = target
    }
  }

  /// One task as written.
  public struct Step: Sendable {
    public let id: TaskID
    public let site: Site?
    public let component: Named<String>
    public let inputs: [Wire]
    public let parameters: ConfigNode?
    /// Parameters for one party or one role, by the word in the file.
    public let overrides: [(target: Named<String>, node: ConfigNode)]
    public let after: [Named<TaskID>]
    /// The parties that take part; nil for all whose role the component has.
    public let parties: [Named<PartyID>]?
    public let conf: ConfigNode?

    package init(
      id: TaskID, site: Site?, component: Named<String>, inputs: [Wire], parameters: ConfigNode?,
      overrides: [(target: Named<String>, node: ConfigNode)], after: [Named<TaskID>],
      parties: [Named<PartyID>]?, conf: ConfigNode?
    ) {
      self.id = id
      self.site = site
      self.component = component
      self.inputs = inputs
      self.parameters = parameters
      self.overrides = overrides
      self.after = after
      self.parties = parties
      self.conf = conf
    }
  }

  public static let formatVersion = 1
  /// How many parties and tasks a pipeline may have.
  public static let partyLimit = 1024
  public static let taskLimit = 100_000

  public let name: String
  public let members: [Member]
  public let steps: [Step]
  public let conf: ConfigNode?

  /// Reads a pipeline from its node.
  ///
  /// - Throws: everything that is wrong with its form; names are looked up by `Plan`.
  public init(reading node: ConfigNode) throws(Diagnostics) {
    var reader = PipelineReader()
    let pipeline = reader.pipeline(node)
    guard let pipeline, !reader.diagnostics.hasErrors else { throw reader.diagnostics }
    self = pipeline
  }

  /// Reads it, and gives what could be read beside what is wrong, so that checking can go on.
  public static func reading(_ node: ConfigNode, into diagnostics: inout Diagnostics) -> Pipeline? {
    var reader = PipelineReader()
    let pipeline = reader.pipeline(node)
    diagnostics.add(contentsOf: reader.diagnostics)
    return pipeline
  }

  package init(name: String, members: [Member], steps: [Step], conf: ConfigNode?) {
    self.name = name
    self.members = members
    self.steps = steps
    self.conf = conf
  }
}
