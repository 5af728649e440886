public import MoiraModel

/// One party in one role, as FATE names them and as the plan does.
public struct FlowSeat: Hashable, Codable, Sendable {
  /// `guest`, `host`, `arbiter` or `local`.
  public let role: String
  /// FATE's party id: `9999`.
  public let party: String
  /// The plan's member.
  public let member: PartyID

  public init(role: String, party: String, member: PartyID) {
    self.role = role
    self.party = party
    self.member = member
  }
}

/// What a task of a DAG is in the plan: several steps, most often one.
public struct FlowTask: Hashable, Codable, Sendable {
  /// As the DAG names it.
  public let name: String
  /// FATE's name of the component.
  public let component: String
  /// Who takes part.
  public let members: [PartyID]
  public let steps: [TaskID]
  public let outputs: [FlowOutput]
  /// The tasks whose outputs it takes.
  public let producers: [String]

  public init(
    name: String, component: String, members: [PartyID], steps: [TaskID], outputs: [FlowOutput],
    producers: [String]
  ) {
    self.name = name
    self.component = component
    self.members = members
    self.steps = steps
    self.outputs = outputs
    self.producers = producers
  }
}

/// One output of a DAG's task, and the port that makes it.
public struct FlowOutput: Hashable, Codable, Sendable {
  public enum Kind: String, Codable, Sendable { case data, model, metric }

  /// FATE's name of the output: `train_output_data`.
  public let key: String
  public let kind: Kind
  public let step: TaskID
  public let port: PortName
  /// Whether the table holds predictions, which FATE writes in columns of its own.
  public let isPrediction: Bool

  public init(key: String, kind: Kind, step: TaskID, port: PortName, isPrediction: Bool = false) {
    self.key = key
    self.kind = kind
    self.step = step
    self.port = port
    self.isPrediction = isPrediction
  }
}

/// How the words of a DAG and those of its plan belong together.
public struct FlowLayout: Hashable, Codable, Sendable {
  public let seats: [FlowSeat]
  /// In the plan's order.
  public let tasks: [FlowTask]

  public init(seats: [FlowSeat], tasks: [FlowTask]) {
    self.seats = seats
    self.tasks = tasks
  }

  func task(_ name: String) -> FlowTask? { tasks.first { $0.name == name } }
}
