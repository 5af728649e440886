import Foundation
import MoiraConfig
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraStorage

@Suite struct AuditLogTests {
  private let folder: TemporaryFolder
  private let path: String
  private let key: IdentityKeyPair

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/state/audit.jsonl"
    key = try IdentityKeyPair(secretBytes: [UInt8](repeating: 7, count: 32))
  }

  private func time(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  private func open(_ other: IdentityKeyPair? = nil) throws -> AuditLog {
    try AuditLog(path: path, party: "hospital-a", signing: other ?? key, now: time(99))
  }

  /// A log of some lines, closed; signed up to `signed` of them.
  private func write(_ lines: Int, signed: Int = 0) throws {
    let log = try open()
    for number in 1...lines {
      try log.append(
        .decision,
        .map([
          ("job", .string("job-\(number)")), ("granted", .bool(number.isMultiple(of: 2))),
          ("words", .string("\"quoted\", ü, \u{1}\n")), ("epsilon", .double(0.1)),
        ]), at: time(Int64(number)))
      if number == signed { try log.sign(at: time(Int64(number))) }
    }
  }

  private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
  private func put(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }
  private func verify() throws -> AuditVerdict {
    try AuditVerdict(path: path, party: "hospital-a", key: key.publicKey)
  }
  private func lines() throws -> [[UInt8]] {
    try bytes().split(separator: 0x0A).map { Array($0) + [0x0A] }
  }

  @Test("Entries are read as they were written, and follow one another over restarts")
  func reading() throws {
    try write(3)
    let log = try open()
    let entry = try log.append(
      .artifactLeft, .map([("kind", .string("model")), ("bytes", .int(7))]), at: time(50))
    #expect(entry.number == 4)
    #expect(log.head.number == 4)
    let verdict = try verify()
    #expect(verdict.flaw == nil)
    #expect(verdict.entries.map(\.number) == [1, 2, 3, 4])
    #expect(verdict.entries[3] == entry)
    #expect(verdict.entries[3].before == verdict.entries[2].hash)
    #expect(verdict.entries[0].facts["words"] == .string("\"quoted\", ü, \u{1}\n"))
    #expect(verdict.entries[0].before.text == String(repeating: "0", count: 64))
    #expect(verdict.entries[3].time == time(50))
  }

  @Test("A line's own hash is SHA-256 of its bytes before it, and the next line names it")
  func form() throws {
    try write(2)
    let lines = try lines().map { String(decoding: $0, as: UTF8.self) }
    for (place, line) in lines.enumerated() {
      let seam = try #require(line.range(of: ",\"hash\":\""))
      let hash = sha256(Array(line[..<seam.lowerBound].utf8)).text
      #expect(line[seam.upperBound...] == "\(hash)\"}\n")
      if place == 0 { #expect(lines[1].contains("\"before\":\"\(hash)\"")) }
    }
  }

  @Test("A log and a head that another program made are read, verified and gone on with")
  func vectors() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    folderMade()
    for name in ["audit.jsonl", "audit.jsonl.head"] {
      try FileManager.default.copyItem(
        atPath: root.appending(path: "Vectors/audit/\(name)").path,
        toPath: folder.path + "/state/\(name)")
    }
    let made = try verify()
    #expect(made.flaw == nil)
    #expect(made.lines == 4)
    #expect(made.head?.key == key.publicKey)
    #expect(made.entries[3].facts["words"] == .string("„ü“ \"x\"\n"))
    #expect(try made.entries.flatMap(\.line).count == bytes().count)
    try open().append(.releaseRefused, .map([]), at: time(20_000))
    #expect(try verify().lines == 5)
    #expect(try verify().flaw == nil)
  }

  @Test("A flipped bit is found wherever it is", arguments: [0, 3])
  func bitFlips(signed: Int) throws {
    try write(3, signed: signed)
    let whole = try bytes()
    var line = 1
    for place in whole.indices {
      for bit in 0..<8 {
        var changed = whole
        changed[place] ^= 1 << UInt8(bit)
        let head = signed > 0 ? try AuditHead.read(path + ".head") : nil
        let scan = changed.withUnsafeBytes { AuditScan($0, keeping: false, mark: head?.number) }
        let found = scan.flaw?.line ?? (scan.rest.isEmpty ? nil : scan.number + 1)
        #expect(found == line, "byte \(place), bit \(bit)")
      }
      if whole[place] == 0x0A { line += 1 }
    }
  }

  @Test("Lines that are moved, doubled, left out or of another log are found at their place")
  func reordering() throws {
    try write(5)
    let lines = try lines()
    func flaw(_ order: [Int]) throws -> AuditFlaw? {
      try put(order.flatMap { lines[$0] })
      return try verify().flaw
    }
    #expect(try flaw([0, 1, 2, 3, 4]) == nil)
    #expect(try flaw([0, 2, 1, 3, 4]) == AuditFlaw(line: 2, what: .number(3)))
    #expect(try flaw([0, 1, 1, 2, 3, 4]) == AuditFlaw(line: 3, what: .number(2)))
    #expect(try flaw([0, 1, 3, 4]) == AuditFlaw(line: 3, what: .number(4)))
    #expect(try flaw([1, 2, 3, 4]) == AuditFlaw(line: 1, what: .number(2)))
    let foreign = AuditEntry(
      number: 3, time: time(3), kind: .decision, facts: .map([]), before: AuditEntry.origin)
    try put(lines[0] + lines[1] + foreign.line + lines[3])
    #expect(try verify().flaw == AuditFlaw(line: 3, what: .chain))
    let following = AuditEntry(
      number: 3, time: time(3), kind: .decision, facts: .map([]),
      before: try AuditEntry(line: Array(lines[1].dropLast())).hash)
    try put(lines[0] + lines[1] + following.line + lines[3])
    #expect(try verify().flaw == AuditFlaw(line: 4, what: .chain))
  }

  @Test("Lines cut off the end are missed by a signed head, and by nothing else")
  func truncation() throws {
    try write(5, signed: 4)
    let lines = try lines()
    for count in 0...5 {
      try put(Array(lines[..<count].joined()))
      let expected = count < 4 ? AuditFlaw(line: count + 1, what: .cutOff(4)) : nil
      #expect(try verify().flaw == expected, "\(count) lines")
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(try verify().flaw == AuditFlaw(line: 1, what: .cutOff(4)))
    try FileManager.default.removeItem(atPath: path + ".head")
    #expect(try verify().flaw == nil)
  }

  @Test("A log that is written anew, and a head that another signed, are found")
  func rewriting() throws {
    try write(3, signed: 3)
    let head = try Data(contentsOf: URL(filePath: path + ".head"))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.removeItem(atPath: path + ".head")
    let log = try open()
    for number in 1...3 { try log.append(.partEnded, .map([]), at: time(Int64(number))) }
    try head.write(to: URL(filePath: path + ".head"))
    #expect(try verify().flaw == AuditFlaw(line: 3, what: .rewritten))
    let other = try IdentityKeyPair(secretBytes: [UInt8](repeating: 8, count: 32))
    let last = log.head
    let forged = AuditHead(
      party: "hospital-a", number: 3, hash: last.hash, time: time(3), signedBy: other)
    try forged.text.write(toFile: path + ".head", atomically: true, encoding: .utf8)
    #expect(try verify().flaw == AuditFlaw(line: 3, what: .signer))
    #expect(try AuditVerdict(path: path).flaw == nil)
    #expect(try AuditVerdict(path: path, party: "hospital-b").flaw?.what == .signer)
    let unsigned = forged.text.replacing("\"number\":3", with: "\"number\":2")
    try unsigned.write(toFile: path + ".head", atomically: true, encoding: .utf8)
    #expect(try AuditVerdict(path: path).flaw == AuditFlaw(line: 2, what: .signature))
  }

  @Test("A line torn at any byte is taken away at the next start, and an entry tells of it")
  func tornLine() throws {
    try write(3)
    let whole = try bytes()
    let last = try lines()[2].count
    for left in 1..<last {
      try put(Array(whole[..<(whole.count - left)]))
      #expect(try verify().flaw == (left == last ? nil : AuditFlaw(line: 3, what: .torn)))
      let log = try open()
      try log.append(.partStarted, .map([]), at: time(100))
      let verdict = try verify()
      #expect(verdict.flaw == nil)
      #expect(verdict.entries.map(\.kind) == [.decision, .decision, .mended, .partStarted])
      let torn = Array(whole[(whole.count - last)..<(whole.count - left)])
      #expect(verdict.entries[2].facts["bytes"] == .int(torn.count))
      #expect(verdict.entries[2].facts["sha256"] == .string(sha256(torn).text))
      try? FileManager.default.removeItem(atPath: path + ".head")
    }
  }

  @Test("A line without an end is no flaw while somebody writes")
  func unfinishedLine() throws {
    try write(2)
    let log = try open()
    let whole = try bytes()
    try put(whole + Array("{\"version\"".utf8))
    #expect(try verify().flaw == nil)
    #expect(try verify().lines == 2)
    _ = consume log
    #expect(try verify().flaw == AuditFlaw(line: 3, what: .torn))
  }

  @Test("A damaged log is not written to")
  func damaged() throws {
    try write(3, signed: 3)
    var changed = try bytes()
    changed[20] ^= 1
    try put(changed)
    let failure = try #require(throws: Failure.self) { try open() }
    #expect(failure.code == "audit-damaged")
    #expect(
      failure.message
        == "line 1 of the audit log '\(path)' was changed: its hash is not that of its bytes")
    #expect(try bytes() == changed)
    try put(Array(try lines()[..<0].joined()))
    let cut = try #require(throws: Failure.self) { try open() }
    #expect(
      cut.message
        == "line 1 of the audit log '\(path)' is missing: the signed head knows of 3 lines")
  }

  @Test("One process writes, and others read meanwhile")
  func oneWriter() throws {
    let log = try open()
    try log.append(.decision, .map([]), at: time(1))
    let failure = try #require(throws: Failure.self) { try open() }
    #expect(failure.code == "audit-locked")
    #expect(failure.message == "another process writes the audit log '\(path)'")
    #expect(failure.isTransient)
    #expect(try verify().lines == 1)
    try log.append(.decision, .map([]), at: time(2))
    #expect(try verify().lines == 2)
  }

  @Test("A head is signed with every so many lines, and with the first after a restart that is due")
  func heads() throws {
    try write(AuditLog.headInterval - 1)
    #expect(try AuditHead.read(path + ".head") == nil)
    let log = try open()
    try log.append(
      [(.partStarted, .map([])), (.partEnded, .map([]))], at: time(1))
    #expect(try AuditHead.read(path + ".head")?.number == AuditLog.headInterval + 1)
    #expect(try verify().flaw == nil)
    #expect(try verify().head?.isSigned == true)
  }

  @Test("An unknown version is refused by name")
  func version() throws {
    let body =
      "{\"version\":2,\"number\":1,\"time\":1,\"kind\":\"decision\",\"facts\":{},\"before\":\"\(AuditEntry.origin)\""
    let line = "\(body),\"hash\":\"\(sha256(Array(body.utf8)))\"}\n"
    folderMade()
    try put(Array(line.utf8))
    let flaw = try #require(try verify().flaw)
    #expect(flaw == AuditFlaw(line: 1, what: .version(2)))
    #expect(flaw.words == "has version 2, but this build reads version 1")
  }

  private func folderMade() {
    try? FileManager.default.createDirectory(
      atPath: folder.path + "/state", withIntermediateDirectories: true)
  }

  @Test("Random bytes for a log or a head are damage, never a crash", arguments: 0..<10)
  func hostileFiles(seed: Int) throws {
    folderMade()
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<50 {
      let noise = (0..<Int.random(in: 1...400, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      try put(noise)
      #expect(try verify().flaw != nil)
      try Data(noise).write(to: URL(filePath: path + ".head"))
      #expect(throws: Failure.self) { try verify() }
      try FileManager.default.removeItem(atPath: path + ".head")
    }
  }
}

extension AuditEntry {
  fileprivate init(line: [UInt8]) throws { self = try line.withUnsafeBytes { try Self(line: $0) } }
}
