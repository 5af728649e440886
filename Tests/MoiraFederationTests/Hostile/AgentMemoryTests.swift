import MoiraModel
import MoiraRelay
import MoiraSchedule
import MoiraSim
import Testing

@testable import MoiraRuntime

@Suite("What an agent remembers when its process has died")
struct AgentMemoryTests {
  private static func telling(_ attempt: Int) -> Telling {
    .ended(OrderKey(PartKey(task: "t", attempt: attempt, party: "a"), of: "j"), .lost)
  }

  /// Makes the changes in memory and, batch by batch, in a store; then reads that.
  private func check(_ batches: [[AgentMemory.Change]]) async throws {
    let store = MemoryDocumentStore()
    var memory = AgentMemory()
    for batch in batches {
      for change in batch { memory.apply(change) }
      try await store.change(
        AgentDocuments.changes(batch, proposals: [:], at: Instant(milliseconds: 0)))
      #expect(try await AgentDocuments.memory(in: store) == memory)
    }
  }

  @Test("The last thing it told stays untold until it is noted, and no number comes twice")
  func last() async throws {
    try await check([
      [.telling(1, Self.telling(1))], [.telling(2, Self.telling(2))], [.telling(1, nil)],
      [.telling(2, nil)], [.telling(3, Self.telling(3)), .telling(3, nil)],
    ])
  }

  @Test("What is noted beside something new does not take the count back")
  func mixed() async throws {
    try await check([
      [.telling(1, Self.telling(1)), .telling(2, Self.telling(2)), .telling(3, Self.telling(3))],
      [.telling(1, nil), .consent("j", Consent(refusals: []))],
      [.telling(2, nil), .telling(3, nil)],
    ])
  }
}
