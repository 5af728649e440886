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

/// A party with its role.
public struct RolePlayer: Hashable, Codable, Sendable {
  public let party: PartyID
  public let role: Role
  public init(_ party: PartyID, _ role: Role) {
    self.party = party
    self.role = role
  }
}
