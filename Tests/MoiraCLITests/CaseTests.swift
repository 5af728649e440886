import Foundation
import Testing

/// What `moira check` says of each pipeline below `Tests/Cases`, character by character.
@Suite("cases")
struct CaseTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Cases")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") }.sorted()

  @Test("there are more than twenty")
  func many() { #expect(Self.names.count > 40) }

  @Test("each says what is expected of it", arguments: names)
  func check(name: String) throws {
    let place = try Workplace()
    let pipeline = Self.folder.appendingPathComponent("\(name)/pipeline.yaml")
    try place.write(String(contentsOf: pipeline, encoding: .utf8), to: "pipeline.yaml")
    let parties = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("pipelines/parties").path
    let outcome = try place.moira("check", "pipeline.yaml", "--parties", parties)
    let said = outcome.output + outcome.errors + "exit \(outcome.status)\n"
    let expected = Self.folder.appendingPathComponent("\(name)/expected.txt")
    if ProcessInfo.processInfo.environment["MOIRA_WRITE_CASES"] != nil,
      !FileManager.default.fileExists(atPath: expected.path)
    {
      try said.write(to: expected, atomically: true, encoding: .utf8)
    }
    #expect(try said == String(contentsOf: expected, encoding: .utf8))
  }
}
