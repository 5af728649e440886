import MoiraYAML
import Testing

@Suite struct ProblemTests {
  @Test(arguments: [
    (
      "a: 1\nb: 2\na: 3\n",
      "3:1 yaml-duplicate-key: the key 'a' is already set | it was first set in line 1"
    ),
    (
      "x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x\n",
      "4:3 yaml-duplicate-key: the key '<<' is already set | it was first set in line 3"
    ),
    (
      "a:\n\tb: 1\n",
      "2:1 yaml-tab: a line must be indented with spaces, but has a tab | replace each tab by two spaces"
    ),
    (
      "a:\r\n  c: 1\r\n \tb: 1\r\n",
      "3:2 yaml-tab: a line must be indented with spaces, but has a tab | replace each tab by two spaces"
    ),
    (
      "a: !secret 5",
      "1:4 yaml-tag: '!secret' is not a known tag | known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"
    ),
    (
      "a: !!set {x, y}",
      "1:4 yaml-tag: '!!set' is not a known tag | known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"
    ),
    ("a: !!int x", "1:4 yaml-tag: 'x' is not what its tag '!!int' says"),
    ("a: *x", "1:4 yaml-alias: the alias '*x' has no anchor '&x' above it"),
    ("a: &x [1, *x]", "1:11 yaml-alias: the alias '*x' contains itself"),
    ("&x {a: *x}", "1:8 yaml-alias: the alias '*x' contains itself"),
    ("a: 1\n---\nb: 2\n", "2:1 yaml-documents: a file must hold one document, but has another"),
    ("{<<: 5}", "1:6 yaml-merge: '<<' takes a mapping or a list of mappings, but has 5"),
    (
      "{<<: [{a: 1}, b]}",
      "1:15 yaml-merge: '<<' takes a mapping or a list of mappings, but has 'b'"
    ),
    ("? [1, 2]\n: 3\n", "1:3 yaml-key: a key must be a scalar, but is a list"),
    ("? {a: 1}\n: 3\n", "1:3 yaml-key: a key must be a scalar, but is a mapping"),
  ])
  func isSaidAtItsPlace(text: String, expected: String) {
    #expect(problems(text) == [expected])
  }

  @Test func allOfThemAreSaidInOneReading() {
    #expect(
      problems("a: 1\na: 2\nb: !x 1\nc: *no\n? [1]\n: 1\n? [2]\n: 1\n").map { $0.prefix(3) }
        == ["2:1", "3:4", "4:4", "5:3", "7:3"])
  }

  @Test(arguments: [
    ("a: [1, 2\nb: 3", 2, 2), ("a: 'open\n\n", 1, 4), ("a: b: c", 1, 5),
    ("%YAML 3.0\n---\na", 1, 1),
    ("a: {b", 1, 4), ("- a\nb", 2, 1), ("tasks:\n  a: 1\n  reader_0\n  b: 1", 3, 3),
    ("a: @x", 1, 4),
    ("a: \"\\q\"", 1, 5),
    ("a: 1\nb: x\u{7}y", 2, 5), ("ok\u{0}", 1, 3), ("a: ä\u{1}", 1, 5),
  ])
  func aSyntaxErrorHasItsPlace(text: String, line: Int, column: Int) throws {
    let found = try #require(problems(text).first)
    #expect(found.hasPrefix("\(line):\(column) yaml-syntax: "), "\(found)")
  }

  @Test func whatLibyamlSaysIsPassedOn() {
    #expect(
      problems("a: b: c") == ["1:5 yaml-syntax: mapping values are not allowed in this context"])
    #expect(problems("a: 1\nb: x\u{7}y") == ["2:5 yaml-syntax: control characters are not allowed"])
  }

  @Test func aTextOverTheSizeIsRefusedUnread() {
    var limits = YAMLLimits()
    limits.size = 10
    #expect(problems("a: 1234567", limits: limits) == [])
    #expect(
      problems("a: 12345678", limits: limits)
        == ["1:1 yaml-too-large: the text must be at most 10 bytes, but has 11"])
  }

  @Test func depthEndsAtItsLimit() {
    let open = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(problems(open(64)) == [])
    #expect(
      problems(open(65))
        == ["1:65 yaml-too-deep: lists and mappings may lie 64 deep, but lie deeper here"])
    #expect(problems(String(repeating: "[", count: 1_000_000)).count == 1)
    #expect(problems(String(repeating: "{a: ", count: 200_000)).count == 1)
  }

  @Test func anAliasBombEndsAtTheNodeLimit() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...40 {
      let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(inner)]\n"
    }
    let found = problems(text)
    #expect(found.count == 1)
    #expect(
      found.first?.contains(
        "yaml-too-many-nodes: with its aliases written out the text may have 1000000 nodes, but has more"
      ) == true)
  }

  @Test func aBombOfMergesEndsAtTheNodeLimit() {
    var limits = YAMLLimits()
    limits.nodes = 10_000
    let base = "b: &b {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
    let text = base + (0..<100).map { "m\($0): {<<: *b}\n" }.joined()
    #expect(problems(text, limits: limits).count == 1)
  }

  @Test func theNodeLimitIsExact() {
    var limits = YAMLLimits()
    limits.nodes = 5
    #expect(problems("[1, 2, 3, 4, 5]", limits: limits) == [])
    #expect(problems("[1, 2, 3, 4, 5, 6]", limits: limits).count == 1)
    #expect(problems("[&a [1, 2], 3, 4]", limits: limits) == [])
    #expect(problems("[&a [1, 2], *a]", limits: limits).count == 1)
  }
}
