public import MoiraCrypto
public import MoiraModel

/// Which long-term key is whose, as the plan pins it.
public struct IdentityRoster: Hashable, Sendable {
  private let keys: [PartyID: IdentityPublicKey]

  public init(_ keys: [PartyID: IdentityPublicKey]) { self.keys = keys }

  public subscript(party: PartyID) -> IdentityPublicKey? { keys[party] }
}
