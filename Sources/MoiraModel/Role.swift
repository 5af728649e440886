/// What a party is in a job.
public enum Role: String, Hashable, Codable, Sendable, CaseIterable, Comparable {
  /// Holds data, and asked for the job.
  case guest
  /// Holds data.
  case host
  /// Holds no data; adds up what the others send.
  case arbiter

  public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

  private var order: Int {
    switch self {
    case .guest: 0
    case .host: 1
    case .arbiter: 2
    }
  }
}

/// A party with its role: a seat at the job.
public struct RolePlayer: Hashable, Codable, Sendable {
  /// The seat's own name: the party's id, or for its second role `10000-arbiter`.
  public let party: PartyID
  public let role: Role
  /// Whose seat it is, where it is not called after its party.
  public let holder: PartyID?

  public init(_ party: PartyID, _ role: Role, holder: PartyID? = nil) {
    self.party = party
    self.role = role
    self.holder = holder
  }

  /// The party that is registered, with its data and its policy.
  public var registered: PartyID { holder ?? party }
}
