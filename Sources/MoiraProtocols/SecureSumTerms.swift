public import MoiraCrypto
public import MoiraModel

/// What all agree on before the sums of one attempt of a task: secure aggregation with double masks.
///
/// Bonawitz et al., CCS 2017 (ePrint 2017/281), figure 4, with the next round's keys riding on this
/// round's upload; beyond `MaskGraph.completeLimit` clients, the graph of Bell et al., CCS 2020
/// (ePrint 2020/704). Before, once for a job: all have agreed on keys to seal with, each signed by
/// its owner's long-term key (see `KeyAgreementTerms`).
///
/// 0. *Offer.* For a round each client i draws an X25519 mask key and a seed bᵢ, splits both by Shamir
///    among its neighbours (t of them put them together), seals each neighbour's shares for it, and
///    sends them to the aggregator with the mask key and a hash of bᵢ, signed. Key, hash and round are
///    sealed with every share. The first round's offers come by themselves, every later round's with
///    the upload before.
/// 1. *Roster.* The aggregator checks the signatures against the identity keys that the plan pins, and
///    sends to each client the keys of all who offered, and the shares that are for it. A client opens
///    them: a share opens only beside the very key and hash that its dealer offered, so that no other
///    key can stand in the place of a neighbour's.
/// 2. *Upload.* Client i sends yᵢ = xᵢ + PRG(bᵢ) + Σⱼ₍ⱼ﹥ᵢ₎ PRG(sᵢⱼ) − Σⱼ₍ⱼ﹤ᵢ₎ PRG(sᵢⱼ) in ℤ₂⁶⁴, with sᵢⱼ from the
///    X25519 secret of both mask keys and from the label: job, task, attempt, round, tensor, the hash
///    of all totals so far, and the roster. With it goes the offer for the next round; in active mode
///    also a tag (HMAC), for each neighbour, of the set of all who are in the roster.
/// 3. *Survivors.* When all of the roster have uploaded, or the deadline has passed and at least t have,
///    the aggregator names the set U of those who did. All others are out of this round; an upload
///    that comes later is dropped, and stays masked by bᵢ, which nobody asks for.
/// 4. *Confirmation* (active mode). Each client of U refuses a set that lacks itself or is smaller than
///    t, and sends a tag of it for each neighbour in it; the aggregator passes on those that are for
///    each. A client answers only when t, itself among them, have confirmed the very set that it was
///    told. A tag does what a signature does in figure 4: nobody but the neighbour can make it. When U
///    is the whole roster the tags of it are there since step 2, and are passed on in place of step 3.
/// 5. *Unmasking.* Each client of U sends its shares of bᵢ for i ∈ U and of the mask key for i ∉ U: never
///    both for one i, once a round, about one set. From t answers the aggregator takes away the masks.
/// 6. *Total.* It sends Σ xᵢ over U, U and the next roster to all; a client that was out offers anew
///    and is in the next round.
///
/// *Who learns what.* All learn U and the sum over U. Beyond it, an aggregator that follows the protocol
/// learns nothing of the others' vectors together with fewer than t clients; in active mode, one that
/// tells different sets to different clients learns nothing together with fewer than 2t − n (theorem
/// 6.5): with more, two sets are confirmed by t each. That each client makes tags of the whole roster,
/// and of one set beside it, does not change this: of sets beside the whole roster no two are confirmed
/// by t each; and as each client answers about one set only, t answers about the roster and t about
/// another set come from n clients and the liars' own a second time, which is 2t − n liars at least. t
/// clients together with it can put together any
/// bᵢ and mask key. An aggregator that sends different models to different clients gets
/// masks that do not cancel (Pasquini et al., CCS 2022). Anybody can spoil a round; nobody can tell
/// whether the aggregator added rightly.
///
/// *A silent client* costs the round its vector if silent before step 3, and nothing afterwards, while
/// t stay; with fewer the round fails and names them. Never is a round begun again without it.
public struct SecureSumTerms: Hashable, Sendable {
  /// The attempt whose sums these are.
  public let scope: TaskScope
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID
  /// The hash of the roster of sealing keys.
  public let setup: ContentHash
  public let identities: IdentityRoster
  /// Whether clients confirm the set of survivors to one another before they answer.
  public let isActive: Bool
  /// Who shares masks and secrets with whom; t for each.
  let graph: MaskGraph
  /// The SHA-256 of all of this but the identities, in every signature and message.
  public let hash: ContentHash

  /// - Parameters:
  ///   - clients: Those who take part: all or some of the setup's parties.
  ///   - threshold: t; nil for ⌊2n/3⌋ + 1.
  /// - Throws: `ProtocolRefusal.tooFewClients` below three, `thresholdOutOfRange` unless
  ///   n/2 < t ≤ n, `aggregatorIsClient`, `otherKeys` if a client has no sealing key,
  ///   `unknownIdentity`.
  public init(
    scope: TaskScope, clients: [PartyID], aggregator: PartyID, setup: KeyRoster,
    identities: IdentityRoster, threshold: Int? = nil, isActive: Bool = true
  ) throws(ProtocolRefusal) {
    guard clients.count >= KeyAgreementTerms.leastClients else {
      throw .tooFewClients(clients.count)
    }
    self.scope = scope
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
    self.setup = setup.hash
    self.identities = identities
    self.isActive = isActive
    for client in self.clients {
      if setup[client] == nil { throw .otherKeys }
      if identities[client] == nil { throw .unknownIdentity(client) }
    }
    graph = try MaskGraph(self.clients, threshold: threshold, seed: setup.hash)
    hash = Self.hash(scope, self.clients, aggregator, setup.hash, graph.threshold, isActive)
  }

  /// t: how many of a client's neighbours, itself among them, put together its secrets.
  public var threshold: Int { graph.threshold }

  /// How many share a client's secrets, itself among them: all clients, or on a ring its neighbours.
  public var neighbourhoodSize: Int { min(clients.count, MaskGraph.completeLimit) }

  private static func hash(
    _ scope: TaskScope, _ clients: [PartyID], _ aggregator: PartyID, _ setup: ContentHash,
    _ threshold: Int, _ isActive: Bool
  ) -> ContentHash {
    var writer = ByteWriter()
    writer.write("moira/secagg/terms/2")
    writer.write(scope)
    writer.write(UInt32(clients.count))
    for client in clients { writer.write(client.text) }
    writer.write(aggregator.text)
    writer.write(setup.text)
    writer.write(Int64(threshold))
    writer.write(isActive)
    return sha256(writer.bytes)
  }
}
