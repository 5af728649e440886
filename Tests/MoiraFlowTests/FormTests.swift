import MoiraModel
import Testing

@testable import MoiraFlow

@Suite struct QueryTextTests {
  @Test func aTargetIsTakenApart() throws {
    let query = try #require(QueryText("/v2/job/query?job_id=1&role=a%20b&empty=&flag&x=1+2&y=%2B"))
    #expect(query.path == "/v2/job/query")
    let entries = query.entries.map { "\($0.key)=\($0.value)" }
    #expect(entries == ["job_id=1", "role=a b", "empty=", "flag=", "x=1 2", "y=+"])
  }

  @Test func aKeyThatStandsSeveralTimesIsAList() throws {
    let query = try #require(QueryText("/a?role=guest&role=host&page=1&role=local"))
    let fields = FlowFields(query: query.entries)
    #expect(try fields.strings("role", separator: nil) == ["guest", "host", "local"])
    #expect(try fields.strings("page", separator: nil) == ["1"])
    #expect(throws: FlowRefusal.self) { try fields.string("role") }
  }

  @Test("A wrong escape is refused", arguments: ["/a?%", "/a?%1", "/a?%zz", "/%G0", "/a?k=%ff"])
  func refused(_ target: String) {
    #expect(QueryText(target) == nil)
  }
}

@Suite struct MultipartBodyTests {
  private static let boundary = "7b"
  private static let body =
    "--7b\r\nContent-Disposition: form-data; name=\"head\"\r\n\r\nTrue\r\n"
    + "--7b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    + "id,x\r\n--7\r\n1,2\r\n\r\n--7b\r\nContent-Disposition: form-data; name=\"none\"\r\n\r\n\r\n--7b--\r\n"

  /// Parts with all of their content.
  private func parts(
    of body: [UInt8], in pieces: [Int]
  ) throws -> (parts: [(name: String, file: String?, text: String)], isWhole: Bool) {
    var parser = try MultipartBody(contentType: "multipart/form-data; boundary=\(Self.boundary)")
    var parts: [(name: String, file: String?, text: String)] = []
    var rest = body[...]
    for piece in pieces {
      for event in try parser.take(rest.prefix(piece)) {
        switch event {
        case .part(let name, let file): parts.append((name, file, ""))
        case .content(let bytes):
          parts[parts.count - 1].text += String(decoding: bytes, as: UTF8.self)
        case .partEnd: break
        }
      }
      rest = rest.dropFirst(piece)
    }
    return (parts, parser.isWhole)
  }

  @Test("However a body is cut into pieces, the parts are the same", arguments: 0..<200)
  func pieces(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let body = Array(Self.body.utf8)
    var pieces: [Int] = []
    while pieces.reduce(0, +) < body.count {
      pieces.append(seed == 0 ? 1 : Int.random(in: 1...40, using: &generator))
    }
    let found = try parts(of: body, in: pieces)
    #expect(found.isWhole)
    #expect(found.parts.map(\.name) == ["head", "file", "none"])
    #expect(found.parts.map(\.file) == [nil, "a;b.csv", nil])
    #expect(found.parts.map(\.text) == ["True", "id,x\r\n--7\r\n1,2\r\n", ""])
  }

  @Test func aBodyThatBreaksOffIsNotWhole() throws {
    let body = Array(Self.body.utf8)
    for length in 0..<(body.count - 4) {
      let found = try parts(of: Array(body.prefix(length)), in: [length])
      #expect(!found.isWhole, "\(length)")
    }
  }

  @Test(
    "A wrong body is refused",
    arguments: [
      ("x--7b\r\n", MultipartBody.Fault.preamble), ("--7bX\r\n", .preamble),
      ("--7b\r\nContent-Type: a\r\n\r\n", .head("Content-Type: a")),
      ("--7b\r\n" + String(repeating: "a", count: FlowLimits.partHead + 1), .headTooLong),
    ])
  func refused(_ body: String, _ fault: MultipartBody.Fault) {
    let found = #expect(throws: MultipartBody.Fault.self) {
      try parts(of: Array(body.utf8), in: [body.utf8.count])
    }
    #expect(found == fault)
  }

  @Test func thePartsAreCounted() {
    let part = "--7b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
    let body = Array(String(repeating: part, count: FlowLimits.parts + 1).utf8)
    let fault = #expect(throws: MultipartBody.Fault.self) {
      try parts(of: body, in: [body.count])
    }
    #expect(fault == .tooManyParts)
  }

  @Test("A type without a boundary is refused", arguments: ["multipart/form-data", "a; boundary="])
  func noBoundary(_ type: String) {
    #expect(throws: MultipartBody.Fault.noBoundary) { try MultipartBody(contentType: type) }
  }
}

@Suite struct ArchiveTests {
  @Test func aTarIsWhatTheStandardSays() throws {
    var archive = TarArchive()
    let isAdded = archive.add("a/0.csv", Array("id\n1\n".utf8), changed: 1)
    #expect(isAdded)
    let bytes = archive.finished
    #expect(bytes.count == 512 * 4)
    #expect(String(decoding: bytes[0..<7], as: UTF8.self) == "a/0.csv")
    #expect(String(decoding: bytes[124..<135], as: UTF8.self) == "00000000005")
    #expect(String(decoding: bytes[257..<262], as: UTF8.self) == "ustar")
    // The sum of the header's bytes, its own field taken as blanks.
    var header = Array(bytes[0..<512])
    let written = Int(String(decoding: header[148..<154], as: UTF8.self), radix: 8)
    header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    #expect(written == header.reduce(0) { $0 + Int($1) })
  }

  @Test func aLongNameIsSplitOrRefused() {
    var archive = TarArchive()
    let folder = String(repeating: "d", count: 120)
    let isSplit = archive.add("\(folder)/\(String(repeating: "f", count: 90))", [], changed: 0)
    let isTooLong = !archive.add(String(repeating: "f", count: 101), [], changed: 0)
    #expect(isSplit && isTooLong)
  }

  @Test("The CRC is that of ISO 3309", arguments: [("", 0), ("123456789", 0xCBF4_3926 as UInt32)])
  func checksum(_ text: String, _ sum: UInt32) {
    #expect(crc32(text.utf8) == sum)
  }

  private static let entries = [
    StoredZip.Entry(name: "guest/9999/a.json", content: Array("{}".utf8)),
    StoredZip.Entry(name: "empty", content: []),
  ]

  @Test func aZipComesBackAsItWasWritten() throws {
    #expect(try StoredZip.read(StoredZip.write(Self.entries)) == Self.entries)
    #expect(try StoredZip.read(StoredZip.write([])).isEmpty)
  }

  /// `python3 -c "import zipfile; z = zipfile.ZipFile('a.zip', 'w'); z.writestr(zipfile.ZipInfo('a.txt'), 'hi')"`
  private static let python: [UInt8] = [
    80, 75, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0, 172, 42, 147, 216, 2, 0, 0, 0, 2, 0, 0, 0, 5, 0,
    0, 0, 97, 46, 116, 120, 116, 104, 105, 80, 75, 1, 2, 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 33, 0, 172,
    42, 147, 216, 2, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 1, 0, 0, 0, 0,
    97,
    46, 116, 120, 116, 80, 75, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 51, 0, 0, 0, 37, 0, 0, 0, 0, 0,
  ]

  @Test func aZipOfAnotherWriterIsRead() throws {
    #expect(
      try StoredZip.read(Self.python)
        == [StoredZip.Entry(name: "a.txt", content: Array("hi".utf8))])
  }

  @Test(
    "A name that leaves the archive is refused", arguments: ["../a", "/a", "a/../../b", "a\\b"])
  func names(_ name: String) {
    let bytes = StoredZip.write([.init(name: name, content: [])])
    #expect(throws: StoredZip.Fault.name(name)) { try StoredZip.read(bytes) }
  }

  @Test("Damaged archives are refused or read, and never trap", arguments: 0..<500)
  func damaged(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var bytes = StoredZip.write(Self.entries)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
        in: 0...255, using: &generator)
    }
    bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
    _ = try? StoredZip.read(bytes)
  }
}
