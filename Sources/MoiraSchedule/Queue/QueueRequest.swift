public import MoiraModel

/// What a job takes up at one party while it runs.
public struct QueueNeed: Hashable, Codable, Sendable {
  /// More than any party has; larger needs are taken for this.
  public static let slotLimit = 1 << 20
  /// 1 PiB; larger needs are taken for this.
  public static let memoryLimit = 1 << 50

  public let slots: Int
  /// In bytes.
  public let memory: Int

  /// - Parameter memory: in bytes; 0 if the job says nothing of it.
  public init(slots: Int = 1, memory: Int = 0) {
    self.slots = min(max(slots, 0), Self.slotLimit)
    self.memory = min(max(memory, 0), Self.memoryLimit)
  }
}

/// What a party has for all of its jobs together.
public struct PartyCapacity: Hashable, Codable, Sendable {
  public let slots: Int
  /// In bytes.
  public let memory: Int

  /// - Parameter memory: in bytes.
  public init(slots: Int, memory: Int) {
    self.slots = min(max(slots, 0), QueueNeed.slotLimit)
    self.memory = min(max(memory, 0), QueueNeed.memoryLimit)
  }
}

/// A job that wants to run.
public struct QueueRequest: Hashable, Codable, Sendable {
  public let job: JobID
  /// Who submitted it.
  public let submitter: String
  /// Higher goes first.
  public let priority: Int
  public let needs: [PartyID: QueueNeed]
  /// Since when it waits: its age counts from here, across restarts.
  public let queued: Instant

  public init(
    job: JobID, submitter: String, priority: Int = 0, needs: [PartyID: QueueNeed], queued: Instant
  ) {
    self.job = job
    self.submitter = submitter
    self.priority = priority
    self.needs = needs
    self.queued = queued
  }
}
