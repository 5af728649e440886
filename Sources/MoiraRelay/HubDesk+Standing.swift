public import MoiraModel

extension HubDesk {
  /// How a party stands, for people.
  public struct Standing: Hashable, Sendable {
    public let party: PartyID
    public let isConnected: Bool
    /// Since when it has been connected, or away.
    public let since: Instant
    /// What it said last of itself; nil if it never was here.
    public let hello: Hello?
  }

  /// The parties that are here, or have been since the hub began.
  public var standings: [Standing] {
    parties.keys.sorted().compactMap { party in
      parties[party].map {
        Standing(party: party, isConnected: $0.session != nil, since: $0.since, hello: $0.hello)
      }
    }
  }
}
