import Foundation
import MoiraConfig
import MoiraModel
import Testing

@Suite struct ValueTests {
  @Test func jsonIsWrittenAsTheStandardSays() {
    let value = ConfigValue.map([
      ("b", .list([.null, .bool(true), .int(-3), .double(0.5)])),
      ("a", .string("q\"\\\n\r\t\u{1}é\u{1F600}")), ("empty", .map([])), ("none", .list([])),
    ])
    #expect(
      value.json()
        == #"{"b":[null,true,-3,0.5],"a":"q\"\\\n\r\t\u0001é😀","empty":{},"none":[]}"#)
    #expect(value.json(sorted: true).hasPrefix(#"{"a":"#))
    #expect(
      ConfigValue.map([("k", .list([.int(1)]))]).json(indent: 2) == "{\n  \"k\": [\n    1\n  ]\n}")
  }

  @Test func awkwardNumbersStayValidJSON() {
    #expect(ConfigValue.double(.infinity).json() == "\"inf\"")
    #expect(ConfigValue.double(.nan).json() == "\"nan\"")
    #expect(ConfigValue.double(3).json() == "3")
    #expect(ConfigValue.double(-0.0).json() == "0")
    #expect(ConfigValue.double(1e300).json() == "1e+300")
  }

  @Test(arguments: 0..<50)
  func codingKeepsValuesAndTheirText(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<20 {
      let value = randomValue(depth: 3, &random)
      let coded = try JSONDecoder().decode(
        ConfigValue.self, from: JSONEncoder().encode(["v": value])["v"])
      #expect(coded == value)
      #expect(coded.hashValue == value.hashValue)
      #expect(coded.json(sorted: true) == value.json(sorted: true))
      let parsed = try JSONDecoder().decode(
        ConfigValue.self, from: Data(value.json(indent: 1).utf8))
      #expect(parsed == value)
    }
  }

  @Test func equalityIsThatOfJSON() {
    #expect(ConfigValue.int(1) == .double(1))
    #expect(ConfigValue.int(1) != .double(1.5))
    #expect(ConfigValue.int(1) != .bool(true))
    #expect(ConfigValue.int(Int.max) != .double(0x1p63))
    #expect(
      ConfigValue.map([("a", .int(1)), ("b", .null)]) == .map([("b", .null), ("a", .int(1))]))
    #expect(ConfigValue.map([("a", .int(1))]) != .map([("b", .int(1))]))
    #expect(ConfigValue.list([.int(1), .int(2)]) != .list([.int(2), .int(1)]))
    #expect(ConfigValue.string("1") != .int(1))
  }

  private func randomValue(depth: Int, _ random: inout SeededGenerator) -> ConfigValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .int(Int(truncatingIfNeeded: random.next()))
    case 3: return .double(Double(Int.random(in: -5...5, using: &random)))
    case 4:
      let scale = [1e-300, 1e-7, 1, 1e15, 1e18, 1e19, 1e22, 1e300].randomElement(using: &random)
      return .double((random.unit() - 0.5) * (scale ?? 1))
    case 5: return .string(String("aé\"\\\n\u{2}😀".shuffled(using: &random)))
    case 6:
      return .list((0..<3).map { _ in randomValue(depth: depth - 1, &random) })
    default:
      return .map(["z", "a", "m"].map { ($0, randomValue(depth: depth - 1, &random)) })
    }
  }
}

extension Data {
  /// The bytes of the value under a key of a one-entry object: `{"v":…}`.
  fileprivate subscript(key: String) -> Data { dropFirst(key.utf8.count + 4).dropLast() }
}

@Suite struct NodeTests {
  private func leaf(_ number: Int, _ line: Int) -> ConfigNode {
    ConfigNode(.int(number), at: place(line, 9), text: "\(number)")
  }

  @Test func mergingGoesKeyByKeyAndKeepsPlaces() {
    let common = node(("a", .int(1)), ("g", node(("x", .int(1)), ("y", .int(2))).content))
    let other = ConfigNode(
      .map(
        ConfigMap([
          .init(
            key: "g", keySite: place(20, 1),
            value: ConfigNode(
              .map(ConfigMap([.init(key: "y", keySite: place(21, 1), value: leaf(5, 21))])),
              at: place(21, 1)))
        ])), at: place(20, 1))
    let merged = common.merged(with: other)
    #expect(
      merged.value == .map([("a", .int(1)), ("g", .map([("x", .int(1)), ("y", .int(5))]))]))
    #expect(merged.map?["g"]?.map?["y"]?.site == place(21, 9))
    #expect(merged.map?["g"]?.map?["x"]?.site == place(2, 9))
  }

  @Test func anythingButAMappingIsReplacedWhole() {
    let common = node(("l", scalars(.int(1), .int(2))), ("g", node(("x", .int(1))).content))
    let other = node(("l", scalars(.int(3))), ("g", .null))
    #expect(common.merged(with: other).value == .map([("l", .list([.int(3)])), ("g", .null)]))
  }

  @Test func settingMakesTheMappingsOnTheWay() {
    let set = ConfigNode(.map(ConfigMap()), at: nil)
      .setting(leaf(7, 1), at: ["a", "b", "c"], keySite: place(1, 1))
      .setting(leaf(8, 1), at: ["a", "d"], keySite: place(1, 1))
    #expect(set.value.json() == #"{"a":{"b":{"c":7},"d":8}}"#)
  }

  @Test func aShorthandIsSpelledOut() {
    let spelled = Trainer.group.spelledOut(
      node(("optimizer", .string("adam")), ("backward", .null), ("label", .string("adam"))))
    #expect(
      spelled.value.json() == #"{"optimizer":{"method":"adam"},"backward":null,"label":"adam"}"#)
    #expect(spelled.map?["optimizer"]?.map?["method"]?.site == place(2, 9))
  }
}
