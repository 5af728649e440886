import MoiraModel
import MoiraRuntime
import MoiraSim
import MoiraStorage
import Testing

@testable import MoiraPostgres

/// The stores that keep one contract.
enum StoreKind: String, CaseIterable, Sendable {
  case memory, sqlite, postgres

  /// Those that this machine can run.
  static let present = allCases.filter { $0 != .postgres || PostgresServer.absence == nil }
  static let leased = present.filter { $0 != .memory }
}

/// A place where stores of one kind keep their things: each store that is opened there is as one of
/// another process.
struct StorePlace: Sendable {
  private let kind: StoreKind
  private let folder: TemporaryFolder
  let url: String

  init(_ kind: StoreKind) async throws {
    self.kind = kind
    folder = try TemporaryFolder()
    url =
      switch kind {
      case .memory: ""
      case .sqlite: folder.path + "/moira.sqlite"
      case .postgres: try await PostgresServer.shared.get().freshURL()
      }
  }

  /// - Parameter lease: long enough that nothing is renewed during a test.
  func open(lease: Duration = .seconds(3600)) async throws -> any LeasedStore {
    switch kind {
    case .memory: throw Failure("made-up", "memory has no lease")
    case .sqlite: try SQLiteJobStore(path: url)
    case .postgres: try await PostgresJobStore(url: url, lease: lease)
    }
  }
}

@Suite struct StoreKindTests {
  @Test(
    "The contracts of the stores run on a PostgreSQL server",
    .enabled(
      if: PostgresServer.absence == nil,
      "\(PostgresServer.absence ?? ""), so the contracts run without PostgreSQL"))
  func isThere() async throws {
    let server = try PostgresServer.shared.get()
    #expect(try await server.ask { try $0.run("SELECT 1::bigint").integer(0, 0) } == 1)
    #expect(StoreKind.present.contains(.postgres))
  }
}
