import Foundation
import Testing

/// The words and the caret, as a user sees them.
struct DiagnosticTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write("id: a\ndatasets: {d: d.csv}\n", to: "parties/a/party.yaml")
  }

  @Test func allErrorsComeAtOnceEachWithItsLineACaretAndHelp() throws {
    try place.write(
      """
      moira: 1
      parties: {guest: a}
      tasks:
        r_0:
          component: raeder
        r_1:
          component: reader
          parameters: {dataset: e, id: id, epohcs: 1}
      """, to: "p.yaml")
    let outcome = try place.moira("check", "p.yaml")
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    #expect(
      outcome.errors.hasPrefix(
        """
        p.yaml:5:16: error: 'raeder' is not a component [component-unknown]
         5 |     component: raeder
           |                ^
          help: did you mean 'reader'?
        """))
    #expect(outcome.errors.contains("p.yaml:8:27: error: 'a' has no dataset 'e'"))
    #expect(outcome.errors.contains("p.yaml:8:38: error: 'epohcs' is not a parameter of 'reader'"))
    #expect(outcome.errors.hasSuffix("\n3 errors\n"))
  }

  @Test func theCaretStandsBelowItsColumnAfterWideCharacters() throws {
    try place.write(
      "moira: 1\nname: {日本: 1, parties: x}\nparties: {guset: a}\ntasks: {t: {日本: 1, x: 2}}\n",
      to: "p.yaml")
    let lines = try place.moira("check", "p.yaml").errors.split(separator: "\n")
    let at = try #require(lines.firstIndex { $0.contains("'x' is not a key of a task") })
    #expect(lines[at + 1] == " 4 | tasks: {t: {日本: 1, x: 2}}")
    // Two of the characters before the caret are two columns wide.
    #expect(lines[at + 2] == "   | " + String(repeating: " ", count: 21) + "^")
  }

  @Test func valuesOfSetHaveCaretsToo() throws {
    try place.write(
      "moira: 1\nparties: {guest: a}\ntasks: {r: {component: reader, parameters: {dataset: d}}}\n",
      to: "p.yaml")
    let outcome = try place.moira("check", "p.yaml", "--set", "r.id=key", "--set", "r.agree=12")
    #expect(outcome.status == 65)
    #expect(
      outcome.errors == """
        --set:2:9: error: 'agree' must be true or false, but is 12 [param-type]
         2 | r.agree=12
           |         ^
        1 error

        """)
  }

  @Test func theFileCannotSteerTheTerminal() throws {
    try place.write("moira: \"\\e[31m\"\n\u{1B}[2J: 1\n", to: "p.yaml")
    let outcome = try place.moira("check", "p.yaml")
    #expect(outcome.status == 65)
    #expect(!outcome.errors.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("nope.yaml", "error: 'nope.yaml' cannot be read: no such file [file-unreadable]"),
    ("parties", "error: 'parties' cannot be read: it is a folder [file-unreadable]"),
    ("bytes.yaml", "bytes.yaml:2:1: error: the text must be UTF-8, but line 2 is not"),
  ])
  func whatCannotBeReadIsSaidByName(file: String, start: String) throws {
    try Data([0x61, 0x3A, 0x20, 0x31, 0x0A, 0xFF, 0xFE, 0x0A]).write(
      to: URL(fileURLWithPath: "\(place.path)/bytes.yaml"))
    let outcome = try place.moira("check", file)
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix(start))
  }

  @Test func diagnosticsInJSONAreOneDocument() throws {
    try place.write("moira: 2\n", to: "p.yaml")
    let outcome = try place.moira("check", "p.yaml", "--format", "json")
    #expect(outcome.status == 65)
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let all = try #require(json?["diagnostics"] as? [[String: Any]])
    #expect(all.contains { $0["code"] as? String == "pipeline-version" })
    #expect(all.allSatisfy { $0["line"] as? Int == 1 })
  }

  @Test func usageErrorsEndWith64() throws {
    #expect(try place.moira("run").status == 64)
    #expect(try place.moira("explain", "no-such-code").status == 64)
    #expect(try place.moira("describe", "homo_lr").status == 0)
    #expect(try place.moira("describe", "homolr").errors.contains("did you mean 'homo_lr'?"))
  }
}
