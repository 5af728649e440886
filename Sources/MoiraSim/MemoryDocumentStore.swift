public import MoiraModel
public import MoiraRuntime
import Synchronization

/// Documents in memory.
public final class MemoryDocumentStore: DocumentStore {
  private let shelves = Mutex<[String: [String: [UInt8]]]>([:])

  public init() {}

  public func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])] {
    shelves.withLock { $0[shelf] ?? [:] }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  public func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]? {
    shelves.withLock { $0[shelf]?[key] }
  }

  public func change(_ changes: [DocumentChange]) async throws(Failure) {
    shelves.withLock { shelves in
      for change in changes { shelves[change.shelf, default: [:]][change.key] = change.bytes }
    }
  }
}
