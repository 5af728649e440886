import MoiraConfig
import MoiraModel
import MoiraYAML
import Testing

@Suite struct TreeTests {
  @Test func everyKeyAndValueKnowsItsPlace() throws {
    let node = try readYAML("a: 1\nb:\n  - x\n  - {c: 'y'}\n", file: "t.yaml")
    let map = try #require(node.map)
    #expect(map.entry("b")?.keySite == Site(file: "t.yaml", line: 2, column: 1))
    #expect(map["a"]?.site == Site(file: "t.yaml", line: 1, column: 4))
    let items = try #require(map["b"]?.list)
    #expect(items[0].site == Site(file: "t.yaml", line: 3, column: 5))
    #expect(items[1].map?.entry("c")?.keySite == Site(file: "t.yaml", line: 4, column: 6))
    #expect(items[1].map?["c"]?.site == Site(file: "t.yaml", line: 4, column: 9))
  }

  @Test func columnsCountCharactersNotBytes() throws {
    let node = try readYAML("{größe: ä, 数: x}", file: "t.yaml")
    #expect(node.map?.entry("数")?.keySite?.column == 12)
    #expect(node.map?["数"]?.site?.column == 15)
  }

  @Test func lineEndsOfWindowsCountAsOneLine() throws {
    let node = try readYAML("a: 1\r\nb: 2\r\n", file: "t.yaml")
    #expect(node.value == .map([("a", .int(1)), ("b", .int(2))]))
    #expect(node.map?["b"]?.site == Site(file: "t.yaml", line: 2, column: 4))
  }

  @Test func aByteOrderMarkIsNoColumn() throws {
    let node = try readYAML("\u{FEFF}a: 1", file: "t.yaml")
    #expect(node.map?.entry("a")?.keySite?.column == 1)
    #expect(node.value == .map([("a", .int(1))]))
  }

  @Test func aScalarKeepsItsSpelling() throws {
    let node = try readYAML("[9999, 0x1F, 1e-3, yes]", file: "t.yaml")
    #expect(node.list?.map(\.name) == ["9999", "0x1F", "1e-3", "yes"])
  }

  @Test func anAliasStandsForItsAnchor() throws {
    #expect(
      try value("a: &x {k: [1, 2]}\nb: *x\nc: &y 5\nd: *y")
        == .map([
          ("a", .map([("k", .list([.int(1), .int(2)]))])),
          ("b", .map([("k", .list([.int(1), .int(2)]))])), ("c", .int(5)), ("d", .int(5)),
        ]))
  }

  @Test func aLaterAnchorOfTheSameNameTakesOver() throws {
    #expect(try value("[&x 1, *x, &x 2, *x]") == .list([.int(1), .int(1), .int(2), .int(2)]))
  }

  @Test func anAliasMayBeAKey() throws {
    #expect(try value("a: &x name\n*x : 1") == .map([("a", .string("name")), ("name", .int(1))]))
  }

  @Test func aMergeKeyGivesWayToTheMappingsOwnKeys() throws {
    let text = "base: &b {x: 1, y: 2}\nown: {y: 3, <<: *b, z: 4}\n"
    #expect(try value(text)["own"] == .map([("y", .int(3)), ("z", .int(4)), ("x", .int(1))]))
    let after = "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n"
    #expect(try value(after)["own"]?["y"] == .int(3))
  }

  @Test func ofSeveralMergedMappingsTheEarlierGoesBefore() throws {
    let text = "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n"
    #expect(try value(text)["c"] == .map([("x", .int(1)), ("y", .int(2)), ("z", .int(3))]))
  }

  @Test func mergesReachThroughMerges() throws {
    let text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n"
    #expect(try value(text)["c"] == .map([("x", .int(1)), ("y", .int(2))]))
  }

  @Test func aMergeIsShallow() throws {
    let text = "a: &a {g: {x: 1, y: 2}}\nb: {<<: *a, g: {x: 3}}\n"
    #expect(try value(text)["b"] == .map([("g", .map([("x", .int(3))]))]))
  }

  @Test func aQuotedOrTaggedMergeSignIsAnOrdinaryKey() throws {
    #expect(try value("{\"<<\": {a: 1}}") == .map([("<<", .map([("a", .int(1))]))]))
    #expect(try value("{'<<': 1, b: 2}") == .map([("<<", .int(1)), ("b", .int(2))]))
    #expect(try value("{!!str <<: 1}") == .map([("<<", .int(1))]))
  }

  @Test func manyKeysAreFoundAsFewAre() throws {
    let text = (0..<5000).map { "k\($0): \($0)\n" }.joined()
    let map = try #require(try readYAML(text, file: "t.yaml").map)
    #expect(map.entries.count == 5000)
    for index in [0, 15, 16, 17, 4999] { #expect(map["k\(index)"]?.value == .int(index)) }
    #expect(map["k5000"] == nil)
  }
}
