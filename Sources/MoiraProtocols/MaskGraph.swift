internal import MoiraCrypto
internal import MoiraModel

/// Who shares masks and secrets with whom in a secure sum.
///
/// Up to `completeLimit` clients everybody does so with everybody. Beyond, each has `degree`
/// neighbours: the clients are laid on a ring in an order that follows from the seed, and each is tied
/// to the `degree` / 2 nearest on either side (Bell et al., CCS 2020, algorithm 2).
///
/// With 1,024 clients of whom a third are corrupt and collude with the aggregator, the probability
/// that any honest one has t corrupt neighbours is below 10⁻¹²; if a tenth drop out, that any
/// one's secrets cannot be put together, below 10⁻¹⁰ (hypergeometric tails times n).
struct MaskGraph: Hashable, Sendable {
  static let completeLimit = degree + 1
  static let degree = 120

  /// t, the same for all.
  let threshold: Int
  /// Each client's neighbours and itself, by id. A party's point in a client's sharing is its place
  /// here, from 1.
  private let neighbourhoods: [PartyID: [PartyID]]

  /// - Parameter clients: By id, ascending.
  /// - Throws: `ProtocolRefusal.thresholdOutOfRange`.
  init(
    _ clients: [PartyID], threshold: Int?, seed: ContentHash
  ) throws(ProtocolRefusal) {
    let isComplete = clients.count <= Self.completeLimit
    let size = isComplete ? clients.count : Self.degree + 1
    let needed = threshold ?? 2 * size / 3 + 1
    guard needed > size / 2, needed <= size else {
      throw .thresholdOutOfRange(needed, parties: size)
    }
    self.threshold = needed
    neighbourhoods =
      isComplete
      ? Dictionary(uniqueKeysWithValues: clients.map { ($0, clients) })
      : Self.ring(clients, seed: seed)
  }

  /// Of one client; itself among them.
  func neighbourhood(of party: PartyID) -> [PartyID] { neighbourhoods[party] ?? [] }

  func neighbours(of party: PartyID) -> [PartyID] {
    neighbourhood(of: party).filter { $0 != party }
  }

  func areNeighbours(_ one: PartyID, _ other: PartyID) -> Bool {
    one != other && neighbourhood(of: one).contains(other)
  }

  /// The point of `holder` in the sharing of `dealer`.
  func point(of holder: PartyID, in dealer: PartyID) -> Int? {
    neighbourhood(of: dealer).firstIndex(of: holder).map { $0 + 1 }
  }

  /// Those of `parties` of whom fewer than t neighbours are among `responders`.
  func short(_ parties: [PartyID], of responders: Set<PartyID>) -> [PartyID] {
    parties.filter { party in
      neighbourhood(of: party).count { responders.contains($0) } < threshold
    }
  }

  private static func ring(_ clients: [PartyID], seed: ContentHash) -> [PartyID: [PartyID]] {
    let order = clients.map { client -> (ContentHash, PartyID) in
      var writer = ByteWriter()
      writer.write("moira/secagg/graph/1")
      writer.write(seed.text)
      writer.write(client.text)
      return (sha256(writer.bytes), client)
    }
    let ring = order.sorted { $0.0.text < $1.0.text }.map(\.1)
    var result: [PartyID: [PartyID]] = [:]
    for (place, client) in ring.enumerated() {
      let near = (-degree / 2...degree / 2).map { ring[(place + $0 + ring.count) % ring.count] }
      result[client] = near.sorted()
    }
    return result
  }
}
