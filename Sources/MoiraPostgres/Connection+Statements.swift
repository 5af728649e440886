internal import CPostgres
import Foundation

/// Statements are prepared once for each connection. Calls never wait longer than the bounds.
extension Connection {
  /// One statement, with its values bound.
  @discardableResult
  func run(_ statement: String, _ values: [BoundValue] = []) throws(DatabaseFault) -> Rows {
    let name = try prepare(statement)
    let isSent = Self.withParameters(values) { pointers, lengths, formats in
      PQsendQueryPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
    }
    return try answer(isSent)
  }

  /// Several statements in one text, without values.
  func run(script: String) throws(DatabaseFault) { _ = try answer(PQsendQuery(handle, script)) }

  private func prepare(_ statement: String) throws(DatabaseFault) -> String {
    if let name = prepared[statement] { return name }
    let name = "moira_\(prepared.count)"
    _ = try answer(PQsendPrepare(handle, name, statement, 0, nil))
    prepared[statement] = name
    return name
  }

  private static func withParameters(
    _ values: [BoundValue],
    _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Int32
  ) -> Int32 {
    // The byte at the end gives empty values an address: without one they would be NULL.
    var bytes: [UInt8] = []
    var places: [Int?] = []
    var lengths: [Int32] = []
    for value in values.map(\.encoded) {
      places.append(value == nil ? nil : bytes.count)
      lengths.append(Int32(value?.count ?? 0))
      bytes += value ?? []
    }
    bytes.append(0)
    return bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = places.map { place in place.flatMap { start?.advanced(by: $0) } }
      return body(pointers, lengths, values.map { _ in 1 })
    }
  }

  // MARK: Answers

  /// The last result of what was sent, or the first refusal.
  private func answer(_ isSent: Int32) throws(DatabaseFault) -> Rows {
    guard isSent == 1 else { throw .disconnected(detail: lastMessage) }
    let deadline = ContinuousClock.now + bounds.answer
    var last: Rows?
    var refusal: DatabaseFault?
    while true {
      try settle(until: deadline)
      guard let result = PQgetResult(handle) else { break }
      let rows = Rows(result)
      refusal = refusal ?? rows.refusal
      last = rows
    }
    guard isOpen else { throw .disconnected(detail: refusal?.detail ?? lastMessage) }
    if let refusal { throw refusal }
    guard let last else { throw .disconnected(detail: "the server gave no result") }
    return last
  }

  /// Returns when the next result can be taken without waiting.
  private func settle(until deadline: ContinuousClock.Instant) throws(DatabaseFault) {
    while true {
      let unsent = PQflush(handle)
      if unsent < 0 { throw .disconnected(detail: lastMessage) }
      if unsent == 0, PQisBusy(handle) == 0 { return }
      let events = POLLIN | (unsent == 1 ? POLLOUT : 0)
      guard wait([(PQsocket(handle), events)], until: deadline) else { throw .silent }
      if PQconsumeInput(handle) == 0 { throw .disconnected(detail: lastMessage) }
    }
  }

  /// Waits until something is to be done at one of the descriptors.
  ///
  /// - Returns: whether it came before the deadline.
  private func wait(
    _ watched: [(descriptor: Int32, events: Int32)], until deadline: ContinuousClock.Instant
  ) -> Bool {
    while true {
      let rest = max(0, (deadline - .now).milliseconds)
      var polled = watched.map {
        pollfd(fd: $0.descriptor, events: Int16($0.events), revents: 0)
      }
      let count = poll(&polled, nfds_t(polled.count), Int32(clamping: rest))
      if count > 0 { return true }
      if count == 0 { return false }
      // A signal came in between; other errors show at the next call of libpq.
      if errno != EINTR { return true }
    }
  }

  // MARK: Notifications

  /// Returns at a notification with the payload, when the other descriptor can be read, or when the
  /// time is over.
  func awaitNotification(
    _ payload: String, or other: Int32, atMost limit: Duration
  ) throws(DatabaseFault) {
    let deadline = ContinuousClock.now + limit
    while true {
      if PQconsumeInput(handle) == 0 { throw .disconnected(detail: lastMessage) }
      while let note = PQnotifies(handle) {
        defer { PQfreemem(note) }
        if String(cString: note.pointee.extra) == payload { return }
      }
      let watched = [(PQsocket(handle), Int32(POLLIN)), (other, Int32(POLLIN))]
      guard wait(watched, until: deadline), !wait([(other, Int32(POLLIN))], until: .now) else {
        return
      }
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
