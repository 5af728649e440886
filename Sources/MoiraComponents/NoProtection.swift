internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums in clear, for tests and comparison; see `PlainSumTerms`.
struct NoProtection: SumProtection {
  private let ground: SumGround
  let patience: Duration

  init(_ ground: SumGround, patience: Duration) {
    self.ground = ground
    self.patience = patience
  }

  var leastSummed: Int { ground.clients.count }
  var showsSummands: Bool { true }

  var summary: String {
    "none: the arbiter sees every party's values; for tests and comparison only"
  }

  func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords {
    do {
      let terms = try PlainSumTerms(
        label, count: count, clients: ground.clients, aggregator: ground.arbiter)
      guard let words else {
        return try await drive(
          PlainSumAggregator(terms: terms, noise: noise), patience: patience, in: task)
      }
      let client = try PlainSumClient(task.party, terms: terms, words: words)
      return try await drive(client, with: ground.arbiter, in: task)
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }
}
