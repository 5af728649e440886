public import MoiraModel

/// What a party's agent says to the hub.
public enum AgentMessage: Hashable, Sendable {
  /// The first word on every connection.
  case hello(Hello)
  /// The answer to `HubMessage.consider`.
  case decided(JobID, Consent)
  /// Kept by the agent until it is noted. Numbers go up by one.
  case told(UInt64, Telling)
  case answered(UInt64, Answer)
  case letter(Letter)
  case receipt(Receipt)
  /// Nothing to say, and still there.
  case beat
}

/// What an agent says of itself.
public struct Hello: Hashable, Sendable {
  public let version: UInt32
  /// What the agent was built from: `0.1.0`.
  public let build: String
  /// The components that it can run, with their versions.
  public let components: [String: Int]
  /// Jobs at once, and megabytes for them all.
  public let slots: Int
  public let memory: Int
  /// The jobs of which it still keeps something.
  public let jobs: [JobID]
  /// The number of the first telling that was not noted.
  public let firstTold: UInt64
  /// Where other parties may dial the agent; nil for nowhere.
  public let direct: String?

  public init(
    version: UInt32 = Welcome.version, build: String, components: [String: Int], slots: Int,
    memory: Int, jobs: [JobID], firstTold: UInt64,
    direct: String? = nil
  ) {
    self.version = version
    self.build = build
    self.components = components
    self.slots = slots
    self.memory = memory
    self.jobs = jobs
    self.firstTold = firstTold
    self.direct = direct
  }
}

/// What a party decided about a job.
public struct Consent: Hashable, Codable, Sendable {
  /// Why not; empty if it agrees.
  public let refusals: [Failure]
  public var isGranted: Bool { refusals.isEmpty }

  public init(refusals: [Failure]) { self.refusals = refusals }
}

/// What an agent has to say of a part, and says until it is noted.
public enum Telling: Hashable, Sendable {
  /// What a part told while it ran, some of it or more, as the two ends agree to write it.
  case report(OrderKey, [UInt8])
  case ended(OrderKey, PartEnd)

  public var key: OrderKey {
    switch self {
    case .report(let key, _), .ended(let key, _): key
    }
  }
}

public enum Answer: Hashable, Sendable {
  case fingerprint(String?)
  case holds(Bool)
  /// A piece of what was asked for, from 0; the last one ends it. After a cut they come anew.
  case piece(UInt64, [UInt8], isLast: Bool)
  case failed(Failure)
}
