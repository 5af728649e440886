/// The Rényi divergences of one step of a mechanism, over the whole grid of orders.
///
/// - Complexity: making one takes some 400,000 terms, about 20 ms; keep it for all the rounds.
public struct RDPCurve: Sendable {
  /// One for each order of the grid.
  let divergences: [Double]

  public init(_ mechanism: some NoiseMechanism) {
    divergences = RenyiOrders.all.map { mechanism.renyiDivergence(order: $0) }
  }
}
