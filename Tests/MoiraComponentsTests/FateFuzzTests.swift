import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraYAML
import Testing

/// The loader on files that nobody meant: it says what is wrong, and never breaks down.
@Suite("Mutated FATE files")
struct FateFuzzTests {
  /// Files a seed: 10⁵ in all, which cost 90 s of a core without optimization.
  private static let count = 1000
  private static let schemas = standardCatalog.schemas

  private static let texts: [String] = FateConversionTests.names.compactMap { name in
    let folder = FateConversionTests.folder.appendingPathComponent(name)
    return try? String(contentsOf: folder.appendingPathComponent("dag.yaml"), encoding: .utf8)
  }
  private static let nodes: [ConfigNode] = texts.compactMap { try? readYAML($0, file: "t") }

  @Test(arguments: 0..<90)
  func `a file with damaged fields is a plan, or says why not`(seed: Int) {
    var mutation = NodeMutation(seed: UInt64(seed), donors: Self.nodes)
    for round in 0..<Self.count {
      check(mutation.mutated(Self.nodes[round % Self.nodes.count]), plans: round % 10 == 0)
    }
  }

  @Test(arguments: 0..<10)
  func `a file with damaged bytes is a plan, or says why not`(seed: Int) {
    var random = SeededGenerator(seed: 5000 + UInt64(seed))
    for round in 0..<Self.count {
      var bytes = Array(Self.texts[round % Self.texts.count].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 32...126, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let node = try? readYAML(text, file: "t") { check(node, plans: round % 10 == 0) }
    }
  }

  /// - Parameter plans: whether to make a plan too, which costs more than the reading.
  private func check(_ node: ConfigNode, plans: Bool) {
    guard FatePipeline.describes(node) else { return }
    var found = Diagnostics()
    let read = FatePipeline.reading(node, into: &found)
    guard let read else {
      #expect(found.hasErrors)
      return
    }
    #expect(read.tasks.allSatisfy { !$0.steps.isEmpty })
    guard plans else { return }
    let plan = Plan.making(read.pipeline, catalog: Self.schemas, into: &found)
    #expect((plan == nil) == found.hasErrors)
    guard plan != nil else { return }
    #expect((try? readYAML(read.pipeline.yaml, file: "yaml")) != nil)
  }
}

/// Changes a few nodes of a tree: away, twice, into one another, or into something of another kind.
private struct NodeMutation {
  private var random: SeededGenerator
  private let donors: [ConfigNode]
  private static let site = Site(file: "t", line: 1, column: 1)
  private static let scalars: [ConfigNode.Content] = [
    .null, .bool(true), .int(-1), .int(0), .int(.max), .double(.nan), .double(1e300), .double(0.5),
    .string(""), .string("guest"), .string("reader_0"), .string("output_data"), .string("\u{0}é"),
    .list([]), .map(ConfigMap()),
  ]
  private static let keys = [
    "dag", "parties", "tasks", "conf", "stage", "inputs", "data", "model", "parameters",
    "train_data", "task_output_artifact", "data_warehouse", "model_warehouse", "roles", "x", "",
  ]

  init(seed: UInt64, donors: [ConfigNode]) {
    random = SeededGenerator(seed: seed)
    self.donors = donors
  }

  mutating func mutated(_ node: ConfigNode) -> ConfigNode {
    var node = node
    for _ in 0..<Int.random(in: 1...4, using: &random) { node = changed(node, depth: 0) }
    return node
  }

  private mutating func changed(_ node: ConfigNode, depth: Int) -> ConfigNode {
    if depth > 1, Int.random(in: 0..<6, using: &random) == 0 { return other() }
    if let map = node.map, !map.entries.isEmpty {
      var entries = map.entries
      let place = Int.random(in: 0..<entries.count, using: &random)
      switch depth < 2 ? 5 : Int.random(in: 0..<8, using: &random) {
      case 0: entries.remove(at: place)
      case 1:
        let key = Self.keys.randomElement(using: &random) ?? "x"
        entries[place] = .init(key: key, keySite: Self.site, value: entries[place].value)
      case 2:
        entries.append(
          .init(
            key: entries[place].key + "_1", keySite: Self.site,
            value: entries[Int.random(in: 0..<entries.count, using: &random)].value))
      default: entries[place].value = changed(entries[place].value, depth: depth + 1)
      }
      return ConfigNode(.map(ConfigMap(entries)), at: node.site)
    }
    if var list = node.list, !list.isEmpty {
      let place = Int.random(in: 0..<list.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: list.remove(at: place)
      case 1: list.append(list[place])
      default: list[place] = changed(list[place], depth: depth + 1)
      }
      return ConfigNode(.list(list), at: node.site)
    }
    return other()
  }

  /// A scalar, or a piece of some file.
  private mutating func other() -> ConfigNode {
    if Bool.random(using: &random) {
      let content = Self.scalars.randomElement(using: &random) ?? .null
      return ConfigNode(content, at: Self.site, text: ConfigNode(content, at: nil).value.json())
    }
    var node = donors.randomElement(using: &random) ?? ConfigNode(.null, at: nil)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      if let map = node.map, let entry = map.entries.randomElement(using: &random) {
        node = entry.value
      } else if let list = node.list, let item = list.randomElement(using: &random) {
        node = item
      }
    }
    return node
  }
}
