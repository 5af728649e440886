import MoiraModel
import MoiraRuntime
import MoiraSim
import MoiraStorage
import Testing

/// What every `DocumentStore` does; the same body on memory and on SQLite.
@Suite struct DocumentStoreContractTests {
  enum Kind: String, CaseIterable, Sendable { case memory, sqlite }

  struct Subject {
    let store: any DocumentStore
    let folder: TemporaryFolder

    init(_ kind: Kind) throws {
      folder = try TemporaryFolder()
      store =
        switch kind {
        case .memory: MemoryDocumentStore()
        case .sqlite: try SQLiteJobStore(path: folder.path + "/moira.sqlite")
        }
    }
  }

  private func put(_ shelf: String, _ key: String, _ text: String) -> DocumentChange {
    DocumentChange(shelf: shelf, key: key, bytes: Array(text.utf8))
  }

  @Test(
    "A document comes back as it was put last, and is gone when removed", arguments: Kind.allCases)
  func putAndRemove(_ kind: Kind) async throws {
    let store = try Subject(kind).store
    #expect(try await store.document(on: "a", "x") == nil)
    try await store.change([put("a", "x", "1"), put("a", "x", "2")])
    #expect(try await store.document(on: "a", "x") == Array("2".utf8))
    #expect(try await store.document(on: "b", "x") == nil)
    try await store.change([DocumentChange(shelf: "a", key: "x", bytes: nil)])
    #expect(try await store.document(on: "a", "x") == nil)
  }

  @Test("A shelf is listed in the order of its keys", arguments: Kind.allCases)
  func order(_ kind: Kind) async throws {
    let store = try Subject(kind).store
    try await store.change(["c", "a", "b"].map { put("s", $0, $0) } + [put("t", "d", "d")])
    #expect(try await store.documents(on: "s").map(\.key) == ["a", "b", "c"])
    #expect(try await store.documents(on: "none").isEmpty)
  }

  @Test("Documents of any bytes, none too, survive that the file is opened anew")
  func reopened() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/moira.sqlite"
    let all = (0...255).map { UInt8($0) }
    try await SQLiteJobStore(path: path).change([
      DocumentChange(shelf: "s", key: "all", bytes: all),
      DocumentChange(shelf: "s", key: "empty", bytes: []),
    ])
    let again = try SQLiteJobStore(path: path)
    #expect(try await again.document(on: "s", "all") == all)
    #expect(try await again.document(on: "s", "empty") == [])
  }
}
