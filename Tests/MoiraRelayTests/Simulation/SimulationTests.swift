import Foundation
import MoiraModel
import Testing

/// Hub and agents under lost, repeated and overtaking messages, cuts, partitions and crashes.
///
/// Which law breaks without which defence stands in `Docs/protocols/hub-and-agents.md`.
/// `MOIRA_SEEDS=n` sets how many worlds there are;
/// `MOIRA_SEED=n swift test --filter SimulationTests` runs one world alone and prints what happens in it.
@Suite struct SimulationTests {
  static let blocks = 20
  static let seeds = Int(ProcessInfo.processInfo.environment["MOIRA_SEEDS"] ?? "") ?? 10_000
  static let chosen = ProcessInfo.processInfo.environment["MOIRA_SEED"].flatMap(UInt64.init)

  @Test(arguments: 0..<blocks)
  func `in every world each job ends once, rightly, and leaves nothing behind`(block: Int) throws {
    if Self.chosen != nil { return }
    let length = Self.seeds / Self.blocks
    var failed = 0
    for seed in block * length..<(block + 1) * length where failed < 3 {
      var world = try World(seed: UInt64(seed))
      world.run()
      if world.ledger.violations.isEmpty { continue }
      failed += 1
      Issue.record(
        "MOIRA_SEED=\(seed): \(world.ledger.violations.prefix(3).joined(separator: "\n"))")
    }
  }

  @Test(.enabled(if: chosen != nil))
  func `the chosen world alone, with all that happens in it`() throws {
    var world = try World(seed: try #require(Self.chosen), isTraced: true)
    world.run()
    #expect(world.ledger.violations == [])
  }
}
