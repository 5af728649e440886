public import MoiraModel
public import MoiraSchedule

/// One part of one attempt of one job: the key of whatever hub and agents say of it.
public struct OrderKey: Hashable, Codable, Sendable {
  public let job: JobID
  /// Its party is the seat: the party's id, or for its second role `10000-arbiter`.
  public let part: PartKey

  public init(_ part: PartKey, of job: JobID) {
    self.job = job
    self.part = part
  }
}

extension OrderKey: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.job, left.part.task, left.part.attempt, left.part.party)
      < (right.job, right.part.task, right.part.attempt, right.part.party)
  }
}

/// A part that a party is to run, in a job that it has agreed to.
///
/// Task, parameters and partners are not in it: those stand in the plan that the party agreed to.
public struct StartOrder: Hashable, Codable, Sendable {
  public let key: OrderKey
  public let inputs: [PortName: ArtifactReference]
  /// The parties that the task goes without, since a task that it stands on lost them.
  public let absent: [PartyID]

  public init(key: OrderKey, inputs: [PortName: ArtifactReference], absent: [PartyID]) {
    self.key = key
    self.inputs = inputs
    self.absent = absent
  }
}

/// How a part ended.
public enum PartEnd: Hashable, Codable, Sendable {
  /// - absent: Parties that it went on without; nil from a part that does not know.
  case succeeded(outputs: [ArtifactReference], absent: [PartyID]?)
  case failed(Failure)
  /// The agent's process died while the part ran.
  case lost
}
