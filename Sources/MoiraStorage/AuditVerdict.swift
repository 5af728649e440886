import Foundation
public import MoiraCrypto
public import MoiraModel
internal import MoiraTable

/// What a look over a whole audit log finds.
public struct AuditVerdict: Sendable {
  public let entries: [AuditEntry]
  /// The first thing that is wrong; nil if nothing is.
  public let flaw: AuditFlaw?
  /// The signed head beside the log, if there is one.
  public let head: AuditHead?
  let scan: AuditScan

  /// Good lines from the first.
  public var lines: Int { scan.number }

  /// Reads and verifies a log; one that is not there is empty.
  ///
  /// - Parameters:
  ///   - party: whose log it must be; nil takes the head's word.
  ///   - key: who must have signed the head; nil takes the head's word.
  ///   - keeping: whether `entries` are kept.
  /// - Throws: `audit-unreadable`.
  public init(
    path: String, party: PartyID? = nil, key: IdentityPublicKey? = nil, keeping: Bool = true
  ) throws(Failure) {
    // The head first: a line that is added in between is then beyond it, and no line is missed.
    let head = try AuditHead.read("\(path).head")
    let bytes = try AuditFile.bytes(path)
    let scan =
      bytes?.withBytes { AuditScan($0, keeping: keeping, mark: head?.number) } ?? AuditScan()
    self.head = head
    self.scan = scan
    entries = scan.entries
    flaw = scan.flaw ?? head.flatMap { Self.flaw($0, scan, party, key) } ?? Self.torn(scan, path)
  }

  private static func flaw(
    _ head: AuditHead, _ scan: AuditScan, _ party: PartyID?, _ key: IdentityPublicKey?
  ) -> AuditFlaw? {
    let what: AuditFlaw.What? =
      if !head.isSigned {
        .signature
      } else if party.map({ $0 != head.party }) ?? false || key.map({ $0 != head.key }) ?? false {
        .signer
      } else if head.number > scan.number {
        .cutOff(head.number)
      } else if scan.marked != head.hash {
        .rewritten
      } else {
        nil
      }
    return what.map {
      AuditFlaw(line: $0 == .cutOff(head.number) ? scan.number + 1 : head.number, what: $0)
    }
  }

  /// A line without an end is wrong unless somebody is about to write that.
  private static func torn(_ scan: AuditScan, _ path: String) -> AuditFlaw? {
    if scan.rest.isEmpty || FileLock.isHeld("\(path).lock") { return nil }
    return AuditFlaw(line: scan.number + 1, what: .torn)
  }
}
