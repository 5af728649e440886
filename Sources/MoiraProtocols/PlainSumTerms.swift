public import MoiraCrypto
public import MoiraModel

/// What all agree on before one vector is summed without protection: for tests and comparison.
///
/// 1. Each client sends its words to the aggregator, under a header that says what they are.
/// 2. The aggregator checks every header, adds up, and when all are in sends the sum to each client.
///
/// Headers, checks and words are those of a secure sum, so that the sum is too, bit by bit; but the
/// aggregator reads every upload. A silent client stops the sum; `waitingFor` says who is missing.
public struct PlainSumTerms: Hashable, Sendable {
  public let label: MaskLabel
  /// How many words each vector has.
  public let count: Int
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID

  /// - Throws: `ProtocolRefusal.noClients`, `tooManyClients`, `listedTwice`, `aggregatorIsClient`.
  public init(
    _ label: MaskLabel, count: Int, clients: [PartyID], aggregator: PartyID
  ) throws(ProtocolRefusal) {
    guard !clients.isEmpty else { throw .noClients }
    self.label = label
    self.count = count
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
  }
}
