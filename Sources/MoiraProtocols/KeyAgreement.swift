public import MoiraCrypto
public import MoiraModel

/// Who takes part in an agreement on mask keys, known to all beforehand from the plan.
///
/// The protocol, of two steps; Bonawitz et al., CCS 2017 (ePrint 2017/281), round 0 of figure 4:
///
/// 1. Each client makes an X25519 key pair, signs the public key for this attempt and these parties
///    with its long-term key, and sends both to the aggregator.
/// 2. When all keys are in, the aggregator sends all of them to each client. A client refuses the
///    roster unless it names exactly the planned parties, each once, with fit and different keys,
///    its own key unaltered, and every key signed under the identity that the plan pins.
///
/// The aggregator learns public keys only, and cannot put a key of its own in the place of a client's:
/// that would take the client's long-term key. One that sends different rosters, by leaving a key of an
/// earlier agreement of the same attempt in one of them, gets keys that do not open anything. A silent
/// client keeps all waiting: the driver's deadline ends the attempt, and `waitingFor` says who is
/// missing.
public struct KeyAgreementTerms: Hashable, Sendable {
  /// With two clients, each would read the other's vector from the sum.
  public static let leastClients = 3

  public let scope: TaskScope
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let identities: IdentityRoster

  /// - Throws: `ProtocolRefusal.tooFewClients` below three, `tooManyClients`, `listedTwice`,
  ///   `aggregatorIsClient`, `unknownIdentity`.
  public init(
    scope: TaskScope, clients: [PartyID], aggregator: PartyID, identities: IdentityRoster
  ) throws(ProtocolRefusal) {
    guard clients.count >= Self.leastClients else { throw .tooFewClients(clients.count) }
    self.scope = scope
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
    self.identities = identities
    if let unknown = self.clients.first(where: { identities[$0] == nil }) {
      throw .unknownIdentity(unknown)
    }
  }

  /// What a client signs with its key.
  func statement(_ party: PartyID, key: [UInt8]) -> SignedStatement {
    SignedStatement("moira/keys/1") { writer in
      writer.write(scope)
      writer.write(parties: clients)
      writer.write(aggregator.text)
      writer.write(party.text)
      writer.write(key)
    }
  }

  func isSigned(_ key: [UInt8], by party: PartyID, _ signature: [UInt8]) -> Bool {
    identities[party]?.isValid(signature, for: statement(party, key: key)) == true
  }
}

/// The clients by id, if they can be the clients of a sum.
func checkedClients(
  _ clients: [PartyID], aggregator: PartyID
) throws(ProtocolRefusal) -> [PartyID] {
  guard clients.count <= FixedPoint.partyLimit else { throw .tooManyClients(clients.count) }
  let sorted = clients.sorted()
  for (one, next) in zip(sorted, sorted.dropFirst()) where one == next {
    throw .listedTwice(one)
  }
  guard !sorted.contains(aggregator) else { throw .aggregatorIsClient(aggregator) }
  return sorted
}

extension KeyAgreementTerms {
  func check(_ sent: TaskScope, from sender: PartyID) throws(ProtocolViolation) {
    guard sent == scope else {
      throw ProtocolViolation(sender, .otherScope(sent: sent, agreed: scope))
    }
  }
}

/// The key that `sender` gave for `party`, if it is fit.
func checkedKey(
  _ bytes: [UInt8], of party: PartyID, from sender: PartyID
) throws(ProtocolViolation) -> MaskPublicKey {
  do {
    return try MaskPublicKey(bytes)
  } catch {
    throw ProtocolViolation(sender, .unfitKey(of: party, error))
  }
}

func checkedRoster(
  _ scope: TaskScope, _ entries: [(party: PartyID, key: MaskPublicKey)], from sender: PartyID
) throws(ProtocolViolation) -> KeyRoster {
  do {
    return try KeyRoster(scope: scope, entries: entries)
  } catch {
    throw ProtocolViolation(sender, ProtocolViolation.Rule(error))
  }
}
