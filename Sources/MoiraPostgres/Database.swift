internal import MoiraModel
internal import MoiraRuntime

/// A PostgreSQL database: sessions, what writing needs, and the failures that come of it.
///
/// Once begun, a call is finished, also when the task that asked for it is cancelled.
final class Database: Sendable {
  private static let sessions = 4

  let address: DatabaseAddress
  let fence: WriteFence
  let words: DatabaseWords
  /// How long a lease lasts without being renewed.
  let leaseLength: Duration
  /// How long to go on trying to reach a server.
  let patience: Duration
  /// Keeps the lease, so that its renewal never waits for anything else.
  let keeper: Session
  let renewal = LeaseRenewal()
  private let pool: SessionPool

  init(url: String, lease: Duration, patience: Duration) throws(Failure) {
    address = try DatabaseAddress(url)
    fence = WriteFence(of: address.place)
    words = DatabaseWords(place: address.place)
    leaseLength = lease
    self.patience = patience
    let address = address
    pool = SessionPool(
      (0..<Self.sessions).map { _ in Session(address, bounds: .ordinary(idle: lease)) })
    keeper = Session(
      address, bounds: ConnectionBounds(statement: lease / 3, answer: lease / 2, idle: lease))
  }

  /// One statement, so that what is read is of one moment.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws(Failure) -> Value {
    try await saying(isWriting: false) {
      try await self.pool.use { try await $0.repeatable(patience: self.patience, body) }
    }
  }

  /// One transaction under the lease, if this store ever asked for that. On return it survives a power
  /// cut.
  ///
  /// - Throws: `lease-lost`.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws(Failure) -> Value {
    let token = try fence.token()
    return try await saying(isWriting: true) {
      do {
        return try await self.pool.use { session in
          try await session.transaction(
            patience: self.patience, proving: { try self.proof(token) }, body)
        }
      } catch let taken as LeaseTaken {
        if let token { self.fence.shut(token, .taken(by: taken.holder)) }
        throw self.fence.failure(.taken(by: taken.holder))
      }
    }
  }

  /// The token that a write began with: a store that lost its lease since then, or asked for its first,
  /// writes nothing more of that time.
  private func proof(_ token: Int64?) throws -> Int64? {
    let now = try fence.token()
    if let token, now != token { throw fence.failure(.givenBack) }
    return now
  }

  /// Tells in words of ours what goes wrong.
  func saying<Value: Sendable>(
    isWriting: Bool, _ body: () async throws -> Value
  ) async throws(Failure) -> Value {
    do {
      return try await body()
    } catch {
      throw words.failure(error, isWriting: isWriting)
    }
  }
}
