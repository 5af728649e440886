import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSim
import Synchronization

/// A connection on which an agent does not hear everything: one that is there, and does not answer.
struct DeafDialer: HubDialer {
  private let inner: MemoryDialer
  private let isLost: @Sendable (HubMessage) -> Bool

  init(_ inner: MemoryDialer, to isLost: @escaping @Sendable (HubMessage) -> Bool) {
    self.inner = inner
    self.isLost = isLost
  }

  func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    try await inner.connect(hello, outgoing: outgoing) { [isLost] message in
      if !isLost(message) { await incoming(message) }
    }
  }
}

/// Documents on a disk that can be made to stand still.
final class GatedDocuments: DocumentStore {
  private struct Gate {
    var isShut = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let inner = MemoryDocumentStore()
  private let gate = Mutex(Gate())

  func shut() { gate.withLock { $0.isShut = true } }

  /// How many changes wait.
  var waiting: Int { gate.withLock { $0.waiting.count } }

  func open() {
    let waiting = gate.withLock { gate in
      defer { gate = Gate() }
      return gate.waiting
    }
    for one in waiting { one.resume() }
  }

  func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])] {
    try await inner.documents(on: shelf)
  }

  func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]? {
    try await inner.document(on: shelf, key)
  }

  func change(_ changes: [DocumentChange]) async throws(Failure) {
    await withCheckedContinuation { continuation in
      let isShut = gate.withLock { gate in
        if gate.isShut { gate.waiting.append(continuation) }
        return gate.isShut
      }
      if !isShut { continuation.resume() }
    }
    try await inner.change(changes)
  }
}
