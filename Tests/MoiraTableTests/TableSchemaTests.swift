import Foundation
import Testing

@testable import MoiraTable

private let ours = TableSchema(
  id: "id", label: LabelSchema(name: "y", kind: .categorical(levels: ["b", "m"])), weight: nil,
  features: [
    FeatureSchema(name: "age"), FeatureSchema(name: "sex", kind: .categorical(levels: ["f", "m"])),
    FeatureSchema(name: "size"),
  ])

struct TableSchemaTests {
  @Test func `a schema is in accord with itself`() {
    #expect(ours.mismatches(with: ours).isEmpty)
  }

  @Test func `other ids, weights and levels are no mismatch`() {
    var theirs = ours
    theirs.id = nil
    theirs.weight = "w"
    theirs.label?.kind = .categorical(levels: ["x"])
    theirs.features[1].kind = .categorical(levels: ["d", "f"])
    #expect(ours.mismatches(with: theirs).isEmpty)
  }

  @Test func `a column that one side lacks is named from both sides`() {
    var theirs = ours
    theirs.features.remove(at: 1)
    #expect(ours.mismatches(with: theirs) == [.missingThere(column: "sex")])
    #expect(theirs.mismatches(with: ours) == [.missingHere(column: "sex")])
    #expect(theirs.mismatches(with: ours).map(\.column) == ["sex"])
  }

  @Test func `a label that one side lacks is missing`() {
    var theirs = ours
    theirs.label = nil
    #expect(ours.mismatches(with: theirs) == [.missingThere(column: "y")])
  }

  @Test func `features in another order are named with both places`() {
    var theirs = ours
    theirs.features.swapAt(0, 2)
    #expect(
      ours.mismatches(with: theirs) == [
        .otherOrder(column: "age", ours: 0, theirs: 2),
        .otherOrder(column: "size", ours: 2, theirs: 0),
      ])
  }

  @Test func `numbers here and texts there are another type`() {
    var theirs = ours
    theirs.features[0].kind = .categorical(levels: ["old"])
    theirs.label?.kind = .numeric
    #expect(
      ours.mismatches(with: theirs) == [
        .otherType(column: "y", ours: .categorical, theirs: .numeric),
        .otherType(column: "age", ours: .numeric, theirs: .categorical),
      ])
  }

  @Test func `a label here that is a feature there is another use`() {
    var theirs = ours
    theirs.label = nil
    theirs.features.append(FeatureSchema(name: "y"))
    #expect(
      ours.mismatches(with: theirs) == [.otherUse(column: "y", ours: .label, theirs: .feature)])
  }

  @Test func `no more mismatches are told than asked for`() {
    #expect(ours.mismatches(with: TableSchema(), limit: 2).count == 2)
    #expect(ours.mismatches(with: TableSchema(), limit: 9).count == 4)
  }

  @Test func `unifying joins levels and classes in sorted order, and is symmetric in them`() {
    var theirs = ours
    theirs.label?.kind = .categorical(levels: ["a", "m"])
    theirs.features[1].kind = .categorical(levels: ["d", "f"])
    let unified = ours.unified(with: theirs)
    #expect(unified.label?.kind == .categorical(levels: ["a", "b", "m"]))
    #expect(unified.features[1].kind == .categorical(levels: ["d", "f", "m"]))
    #expect(unified.features[0].kind == .numeric)
    #expect(unified == theirs.unified(with: ours))
    #expect(unified.unified(with: ours) == unified)
  }

  @Test func `JSON gives the schema back`() throws {
    let json = try JSONEncoder().encode(ours)
    #expect(try JSONDecoder().decode(TableSchema.self, from: json) == ours)
    let kinds = try JSONDecoder().decode(
      [ColumnKind].self, from: Data(#"["numeric", {"categorical": ["a"]}]"#.utf8))
    #expect(kinds == [.numeric, .categorical(levels: ["a"])])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([ColumnKind].self, from: Data(#"["text"]"#.utf8))
    }
  }
}
