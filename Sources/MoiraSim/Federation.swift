public import MoiraCrypto
public import MoiraKit
public import MoiraModel
public import MoiraRuntime

/// All the parties of a job in one process: each on ground of its own, with memory between them.
public struct Federation: Sendable {
  /// What one party has.
  public struct Ground: Sendable {
    public let artifacts: any ArtifactStore
    public let datasets: any DatasetStore
    /// The party's long-term key.
    public let identity: IdentityKeyPair

    /// - Parameter identity: nil for a new one.
    public init(
      artifacts: any ArtifactStore, datasets: any DatasetStore, identity: IdentityKeyPair? = nil
    ) {
      self.artifacts = artifacts
      self.datasets = datasets
      var generator = SystemSecureGenerator()
      self.identity = identity ?? IdentityKeyPair(using: &generator)
    }
  }

  public let transport: MemoryTransport
  public let links: [PartyID: any PartyLink]

  public init(
    catalog: Catalog, parties: [PartyID: Ground], clock: any WallClock, workers: Workers = .serial,
    faults: TransportFaults = TransportFaults()
  ) {
    let transport = MemoryTransport(parties: Set(parties.keys), faults: faults)
    self.transport = transport
    var links: [PartyID: any PartyLink] = [:]
    for (party, ground) in parties {
      links[party] = PartyAgent(
        party: party, identity: ground.identity, catalog: catalog, artifacts: ground.artifacts,
        datasets: ground.datasets,
        transport: transport, clock: clock, workers: workers)
    }
    self.links = links
  }
}
