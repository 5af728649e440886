import Foundation
public import MoiraConfig
public import MoiraCrypto
public import MoiraModel
internal import MoiraTable
import Synchronization

/// A party's record of what it decided and what left it: one JSON object a line, each with the hash of
/// the line before, so that no line can be changed, moved, added or left out without all after it.
///
/// Whoever can write the file can write all of it anew; that, and lines cut off the end, are found by
/// the signed head beside it (`path.head`), written on every `headInterval`-th line and by `sign`. A
/// copy of a head that is kept elsewhere finds it even if the key is stolen.
///
/// One process writes, under a lock (`path.lock`); any number read.
public final class AuditLog: Sendable {
  /// Lines between two signed heads.
  public static let headInterval = 64
  /// The most bytes of a torn line that are kept in the entry that tells of it.
  static let keptLimit = 2048

  fileprivate struct State: ~Copyable {
    let file: OpenFile
    let lock: FileLock
    var size: Int
    var number: Int
    var hash: ContentHash
    /// The last line of which a head was written.
    var headed: Int
    /// Whether a write ended early, so that the file may be longer than `size`.
    var isUncertain = false
  }

  public let path: String
  public let party: PartyID
  private let key: IdentityKeyPair
  private let state: Mutex<State>

  /// Opens the log to write, and makes it where there is none. A line that a crash tore is taken away,
  /// and an entry tells of it.
  ///
  /// - Throws: `audit-locked` while another process writes; `audit-damaged` when a line is wrong or
  ///   lines are missing; `audit-unreadable`, `audit-unwritable`.
  public init(
    path: String, party: PartyID, signing key: IdentityKeyPair, now: Instant
  ) throws(Failure) {
    self.path = path
    self.party = party
    self.key = key
    guard let lock = try FileLock.acquire("\(path).lock") else {
      throw Failure(
        "audit-locked", "another process writes the audit log '\(path)'",
        hint: "a party's agent runs once; stop the other one first", isTransient: true)
    }
    let verdict = try Self.verdict(path, party: party, key: key.publicKey)
    let found = verdict.scan
    do throws(SystemFault) {
      let isNew = access(path, F_OK) != 0
      let file = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND, mode: 0o600)
      if isNew { try synchronizeFolder((path as NSString).deletingLastPathComponent) }
      state = Mutex(
        State(
          file: file, lock: lock, size: found.size, number: found.number, hash: found.hash,
          headed: verdict.head?.number ?? 0, isUncertain: !found.rest.isEmpty))
    } catch {
      throw AuditFile.unwritable(path, error)
    }
    if !found.rest.isEmpty { try mend(found.rest, now: now) }
  }

  private static func verdict(
    _ path: String, party: PartyID, key: IdentityPublicKey
  ) throws(Failure) -> AuditVerdict {
    let verdict = try AuditVerdict(path: path, party: party, key: key, keeping: false)
    if let flaw = verdict.flaw, flaw.what != .torn {
      throw Failure(
        "audit-damaged", "line \(flaw.line) of the audit log '\(path)' \(flaw.words)",
        hint: "find out who did it, and move the file away: a new log is begun")
    }
    return verdict
  }

  private func mend(_ rest: [UInt8], now: Instant) throws(Failure) {
    try append(
      .mended,
      .map([
        ("bytes", .int(rest.count)), ("sha256", .string(sha256(rest).text)),
        ("text", .string(String(decoding: rest.prefix(Self.keptLimit), as: UTF8.self))),
      ]), at: now)
  }

  // MARK: Writing

  /// Adds an entry. On return it survives a power cut.
  ///
  /// - Parameter facts: a mapping of public facts.
  /// - Throws: `audit-unwritable`; then the entry is not in the log.
  @discardableResult
  public func append(
    _ kind: AuditKind, _ facts: ConfigValue, at time: Instant
  ) throws(Failure) -> AuditEntry {
    let entries = try append([(kind, facts)], at: time)
    return entries[0]
  }

  /// Adds entries, all or none, and waits for the disk once.
  @discardableResult
  public func append(
    _ entries: [(kind: AuditKind, facts: ConfigValue)], at time: Instant
  ) throws(Failure) -> [AuditEntry] {
    do throws(SystemFault) {
      return try state.withLock { state throws(SystemFault) in
        var made: [AuditEntry] = []
        for one in entries {
          let last = made.last
          made.append(
            AuditEntry(
              number: (last?.number ?? state.number) + 1, time: time, kind: one.kind,
              facts: one.facts, before: last?.hash ?? state.hash))
        }
        guard let last = made.last else { return [] }
        try state.write(made.flatMap(\.line))
        (state.number, state.hash) = (last.number, last.hash)
        // A head that cannot be written is tried again with the next line; the lines are safe.
        if state.number - state.headed >= Self.headInterval { _ = try? writeHead(&state, at: time) }
        return made
      }
    } catch {
      throw AuditFile.unwritable(path, error)
    }
  }

  /// Signs how far the log goes, and keeps that beside it.
  ///
  /// - Returns: the head, to be kept elsewhere too; nil while the log is empty.
  @discardableResult
  public func sign(at time: Instant) throws(Failure) -> AuditHead? {
    do throws(SystemFault) {
      return try state.withLock { state throws(SystemFault) in
        try writeHead(&state, at: time)
      }
    } catch {
      throw AuditFile.unwritable("\(path).head", error)
    }
  }

  /// The number and hash of the last line; 0 and zeros while the log is empty.
  public var head: (number: Int, hash: ContentHash) { state.withLock { ($0.number, $0.hash) } }

  @discardableResult
  private func writeHead(_ state: inout State, at time: Instant) throws(SystemFault) -> AuditHead? {
    guard state.number > 0 else { return nil }
    let head = AuditHead(
      party: party, number: state.number, hash: state.hash, time: time, signedBy: key)
    try AlignedBytes(Array(head.text.utf8)).withBytes { bytes throws(SystemFault) in
      try replaceFile(at: "\(path).head", with: bytes, mode: 0o600)
    }
    state.headed = state.number
    return head
  }
}

extension AuditLog.State {
  /// Writes at the end and waits for the disk; after a failure the file is cut back first.
  fileprivate mutating func write(_ line: [UInt8]) throws(SystemFault) {
    if isUncertain {
      if ftruncate(file.descriptor, off_t(size)) != 0 { throw .last }
      isUncertain = false
    }
    isUncertain = true
    try AlignedBytes(line).withBytes { bytes throws(SystemFault) in try file.writeAll(bytes) }
    try file.synchronize()
    isUncertain = false
    size += line.count
  }
}
