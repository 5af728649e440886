import MoiraModel
import MoiraRuntime
import MoiraSim
import Testing

/// What every `DocumentStore` does; the same body on memory, SQLite and PostgreSQL.
@Suite struct DocumentStoreContractTests {
  struct Subject {
    let store: any DocumentStore
    let place: StorePlace

    init(_ kind: StoreKind) async throws {
      place = try await StorePlace(kind)
      store = kind == .memory ? MemoryDocumentStore() : try await place.open()
    }
  }

  private func put(_ shelf: String, _ key: String, _ text: String) -> DocumentChange {
    DocumentChange(shelf: shelf, key: key, bytes: Array(text.utf8))
  }

  @Test(
    "A document comes back as it was put last, and is gone when removed",
    arguments: StoreKind.present)
  func putAndRemove(_ kind: StoreKind) async throws {
    let store = try await Subject(kind).store
    #expect(try await store.document(on: "a", "x") == nil)
    try await store.change([put("a", "x", "1"), put("a", "x", "2")])
    #expect(try await store.document(on: "a", "x") == Array("2".utf8))
    #expect(try await store.document(on: "b", "x") == nil)
    try await store.change([DocumentChange(shelf: "a", key: "x", bytes: nil)])
    #expect(try await store.document(on: "a", "x") == nil)
  }

  @Test("A shelf is listed in the order of its keys", arguments: StoreKind.present)
  func order(_ kind: StoreKind) async throws {
    let store = try await Subject(kind).store
    try await store.change(["c", "a", "b"].map { put("s", $0, $0) } + [put("t", "d", "d")])
    #expect(try await store.documents(on: "s").map(\.key) == ["a", "b", "c"])
    #expect(try await store.documents(on: "none").isEmpty)
  }

  @Test(
    "Documents of any bytes, none too, survive that the store is opened anew",
    arguments: StoreKind.leased)
  func reopened(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let all = (0...255).map { UInt8($0) }
    try await place.open().change([
      DocumentChange(shelf: "s", key: "all", bytes: all),
      DocumentChange(shelf: "s", key: "empty", bytes: []),
    ])
    let again = try await place.open()
    #expect(try await again.document(on: "s", "all") == all)
    #expect(try await again.document(on: "s", "empty") == [])
  }

  @Test(
    "Keys are told apart by their characters and ordered by their bytes",
    arguments: StoreKind.leased)
  func keys(_ kind: StoreKind) async throws {
    let store = try await StorePlace(kind).open()
    let keys = ["", "'; DROP TABLE document; --", "A", "B", "a", "a b", "z", "é", "ü", "日本"]
    try await store.change(keys.shuffled().map { put("s'", $0, $0) })
    #expect(try await store.documents(on: "s'").map(\.key) == keys)
    for key in keys { #expect(try await store.document(on: "s'", key) == Array(key.utf8)) }
  }

  @Test(
    "Changes of the same documents at the same time are each made whole",
    arguments: StoreKind.leased)
  func atOnce(_ kind: StoreKind) async throws {
    let place = try await StorePlace(kind)
    let keys = (0..<8).map { "k\($0)" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        let store = try await place.open()
        group.addTask {
          for turn in 0..<10 {
            // Each in another order.
            let turned = keys[writer...] + keys[..<writer]
            try await store.change(turned.map { put("s", $0, "\(writer).\(turn)") })
          }
        }
      }
      try await group.waitForAll()
    }
    let left = try await place.open().documents(on: "s").map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
    #expect(left.count == 8)
    #expect(Set(left).count == 1)
  }
}
