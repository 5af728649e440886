import Foundation
internal import MoiraModel
internal import MoiraTable

/// The bytes of an audit log as lines.
enum AuditFile {
  /// The whole file; nil where there is none.
  ///
  /// - Throws: `audit-unreadable`.
  static func bytes(_ path: String) throws(Failure) -> (any TableBytes)? {
    do throws(SystemFault) {
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      let status = try file.status()
      guard status.st_mode & S_IFMT == S_IFREG else { throw SystemFault(number: ENODEV) }
      return try file.mapped(count: Int(status.st_size))
    } catch {
      if error.number == ENOENT { return nil }
      throw unreadable(path, error)
    }
  }

  static func unreadable(_ path: String, _ fault: SystemFault) -> Failure {
    Failure("audit-unreadable", "the audit log '\(path)' cannot be read: \(fault.reason)")
  }

  static func unwritable(_ path: String, _ fault: SystemFault) -> Failure {
    Failure(
      "audit-unwritable", "the audit log '\(path)' cannot be written: \(fault.reason)",
      hint: fault.hint)
  }
}

/// One pass over a log's lines from the first, which ends at the first that is wrong.
struct AuditScan {
  private(set) var entries: [AuditEntry] = []
  /// Of the last good line.
  private(set) var number = 0
  private(set) var hash = AuditEntry.origin
  private(set) var time = Instant(milliseconds: 0)
  /// Bytes up to the end of the last good line.
  private(set) var size = 0
  private(set) var flaw: AuditFlaw?
  /// What stands behind the last line feed: the beginning of a line whose writing was cut off.
  private(set) var rest: [UInt8] = []
  /// The hash of one line, for a head to be compared with.
  private(set) var marked: ContentHash?

  /// Of a log that is not there.
  init() {}

  /// - Parameters:
  ///   - keeping: whether `entries` are kept.
  ///   - mark: the number of the line whose hash is noted.
  init(_ bytes: UnsafeRawBufferPointer, keeping: Bool, mark: Int? = nil) {
    var start = 0
    while start < bytes.count {
      let left = UnsafeRawBufferPointer(rebasing: bytes[start...])
      guard let end = left.firstIndex(of: 0x0A) else {
        rest = Array(left)
        return
      }
      take(UnsafeRawBufferPointer(rebasing: left[..<end]), keeping: keeping)
      if flaw != nil { return }
      if number == mark { marked = hash }
      start += end + 1
      size = start
    }
  }

  private mutating func take(_ line: UnsafeRawBufferPointer, keeping: Bool) {
    let place = number + 1
    do throws(AuditEntry.Flaw) {
      let entry = try AuditEntry(line: line)
      if entry.number != place {
        flaw = AuditFlaw(line: place, what: .number(entry.number))
      } else if entry.before != hash {
        flaw = AuditFlaw(line: place, what: .chain)
      } else {
        (number, hash, time) = (place, entry.hash, entry.time)
        if keeping { entries.append(entry) }
      }
    } catch {
      flaw = AuditFlaw(line: place, what: .init(error))
    }
  }
}

/// The first thing that is wrong with an audit log.
public struct AuditFlaw: Hashable, Sendable {
  public enum What: Hashable, Sendable {
    case form
    case version(Int)
    case hash
    case number(Int)
    case chain
    /// The last line has no end: its writing was cut off, or goes on.
    case torn
    /// A head that was signed knows of more lines: so many.
    case cutOff(Int)
    /// A head that was signed knows this line otherwise.
    case rewritten
    case signature
    /// The head is of another party or another key than expected.
    case signer
  }

  /// From 1; for what the head says, that of the head.
  public let line: Int
  public let what: What

  /// In words, for `line 7 …`.
  public var words: String {
    switch what {
    case .form: "is not of the form of an entry"
    case .version(let version):
      "has version \(version), but this build reads version \(AuditEntry.version)"
    case .hash: "was changed: its hash is not that of its bytes"
    case .number(let number): "says that it is line \(number): lines were put in, left out or moved"
    case .chain: "does not follow the line before it: that one was replaced"
    case .torn: "has no end: its writing was cut off"
    case .cutOff(let lines): "is missing: the signed head knows of \(lines) lines"
    case .rewritten: "is not the one whose hash was signed: the log was written anew"
    case .signature: "has a signed head whose signature does not hold"
    case .signer: "has a head that another key or party signed"
    }
  }
}

extension AuditFlaw.What {
  fileprivate init(_ flaw: AuditEntry.Flaw) {
    self =
      switch flaw {
      case .form: .form
      case .version(let version): .version(version)
      case .hash: .hash
      }
  }
}
