public import MoiraCrypto
public import MoiraKit
public import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule

/// Runs one party's parts on that party's own artifacts and datasets.
public struct PartyAgent: PartyLink {
  public let party: PartyID
  let catalog: Catalog
  let artifacts: any ArtifactStore
  let datasets: any DatasetStore
  let transport: any Transport
  let clock: any WallClock
  let workers: Workers
  let key: IdentityKeyPair

  /// - Parameter identity: the party's long-term key.
  public init(
    party: PartyID, identity: IdentityKeyPair, catalog: Catalog, artifacts: any ArtifactStore,
    datasets: any DatasetStore,
    transport: any Transport, clock: any WallClock, workers: Workers
  ) {
    self.party = party
    key = identity
    self.catalog = catalog
    self.artifacts = artifacts
    self.datasets = datasets
    self.transport = transport
    self.clock = clock
    self.workers = workers
  }

  public func identity() -> IdentityPublicKey { key.publicKey }

  public func run(
    _ order: PartOrder, report: @escaping @Sendable (PartReport) -> Void
  ) async throws(Failure) -> PartOutcome {
    do {
      let component = try catalog.bound(order.task, order.part, inputs: order.inputs)
      let lane = try await transport.lane(order.key, of: order.job)
      let context = PartContext(order: order, agent: self, lane: lane, sink: report)
      do {
        try await component.run(in: context)
      } catch {
        await lane.close()
        throw error
      }
      await lane.close()
      return PartOutcome(outputs: context.outputs, absent: context.absent)
    } catch {
      throw Self.failure(error).attributed(to: order.task.id, attempt: order.attempt, party: party)
    }
  }

  public func fingerprint(_ order: PartOrder) async throws(Failure) -> String? {
    do {
      let component = try catalog.bound(order.task, order.part, inputs: order.inputs)
      return try await component.fingerprint(at: Ground(party: party, datasets: datasets))
    } catch {
      throw Self.failure(error).attributed(to: order.task.id, attempt: order.attempt, party: party)
    }
  }

  public func holds(_ hashes: [ContentHash]) async -> Bool {
    for hash in hashes where await !artifacts.contains(hash) { return false }
    return true
  }

  /// Every error that leaves a part is a failure; one that no component foresaw keeps its words
  /// at this party, as the cause.
  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case is CancellationError: Failure("cancelled", "the part was cancelled")
    default:
      Failure(
        "component-fault", "the component ended with an error that it should have named",
        cause: "\(error)")
    }
  }
}

/// A party's ground outside of any task.
private struct Ground: PartySite {
  let party: PartyID
  let datasets: any DatasetStore

  func dataset(_ choice: DatasetChoice) async throws -> Dataset { try await datasets.open(choice) }
}
