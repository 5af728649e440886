import Foundation
import MoiraModel
import Testing

@testable import MoiraWire

@Suite struct RevocationTests {
  private let place: TestConsortium
  private let now = TestConsortium.now

  init() throws { place = try TestConsortium() }

  @Test func aListReadsAsItWasWritten() throws {
    try place.admit("hospital-a", identity: 1)
    try place.admit("hospital-a", identity: 1)
    try place.admit("hospital-b", identity: 2)
    let first = try place.authority.revocations()
    #expect(first.number == 1)
    #expect(first.entries == [])
    let list = try place.authority.revoke("hospital-a", at: now)
    #expect(list.number == 2)
    #expect(list.entries.map(\.member) == ["hospital-a", "hospital-a"])
    let read = try RevocationList(json: list.json, root: place.authority.root)
    #expect(read == list)
    for one in try place.authority.certificates() {
      #expect(read.contains(one.serial) == (one.member == "hospital-a"))
    }
  }

  @Test func onlyAHigherNumberTakesTheOldOnesPlace() throws {
    try place.admit("hospital-a")
    let first = try place.authority.revocations()
    let second = try place.authority.revoke("hospital-a", at: now)
    #expect(try first.replaced(by: second) == second)
    #expect(code { _ = try second.replaced(by: first) } == "revocations-old")
    #expect(code { _ = try second.replaced(by: second) } == "revocations-old")
    let other = try TestConsortium("other")
    let foreign = try other.authority.revocations()
    #expect(code { _ = try first.replaced(by: foreign) } == "certificate-foreign")
  }

  @Test func aListThatWasChangedIsRefused() throws {
    try place.admit("hospital-a")
    let list = try place.authority.revoke("hospital-a", at: now)
    let root = place.authority.root
    let entry = list.entries[0]
    let changes = [
      ("\"number\" : 2", "\"number\" : 3"), (entry.serial.text, entry.serial.text.reversed() + ""),
      ("hospital-a", "hospital-b"), ("\(list.time.milliseconds)", "1800000000001"),
      ("\"moira_revocations\" : 1", "\"moira_revocations\" : 2"),
      ("\"number\" : 2", "\"number\" : -2"),
      ("signature", "nothing"),
    ]
    for (old, new) in changes {
      let text = list.json.replacingOccurrences(of: old, with: String(new))
      #expect(text != list.json)
      #expect(
        code { _ = try RevocationList(json: text, root: root) } == "revocations-form", "\(old)")
    }
    let other = try TestConsortium("other").authority.root
    #expect(code { _ = try RevocationList(json: list.json, root: other) } == "revocations-form")
    for text in ["", "{}", "[]", String(repeating: "[", count: 100_000)] {
      #expect(code { _ = try RevocationList(json: text, root: root) } == "revocations-form")
    }
  }

  @Test func certificatesThatHaveExpiredForADayDropOut() throws {
    try place.admit("hospital-a", identity: 1, validity: TestConsortium.day)
    try place.admit("hospital-b", identity: 2)
    try place.admit("hospital-c", identity: 3)
    _ = try place.authority.revoke("hospital-a", at: now)
    let soon = now + TestConsortium.day + TestConsortium.day
    #expect(try place.authority.revoke("hospital-b", at: soon).entries.count == 2)
    let later = soon + .seconds(1)
    #expect(
      try place.authority.revoke("hospital-c", at: later).entries.map(\.member)
        == ["hospital-b", "hospital-c"])
  }

  @Test func whatACrashLeftUnwrittenIsWrittenLater() throws {
    try place.admit("hospital-a")
    let file = "\(place.authority.folder)/revoked.json"
    let old = try String(contentsOfFile: file, encoding: .utf8)
    let list = try place.authority.revoke("hospital-a", at: now)
    // The ledger was written, the list was not.
    try old.write(toFile: file, atomically: true, encoding: .utf8)
    let mended = try place.authority.revocations()
    #expect(mended.number == list.number)
    #expect(mended.entries == list.entries)
    try FileManager.default.removeItem(atPath: file)
    let admission = try place.admit("hospital-b", identity: 2)
    #expect(admission.revocations.entries == list.entries)
  }

  @Test func nobodyIsRevokedTwice() throws {
    try place.admit("hospital-a")
    _ = try place.authority.revoke("hospital-a", at: now)
    #expect(code { _ = try place.authority.revoke("hospital-a", at: now) } == "member-unknown")
    #expect(code { _ = try place.authority.revoke("hospital-b", at: now) } == "member-unknown")
    #expect(try place.authority.revocations().number == 2)
  }
}
