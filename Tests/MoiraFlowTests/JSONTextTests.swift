import Foundation
import MoiraConfig
import MoiraModel
import Testing

@testable import MoiraFlow

@Suite struct JSONTextTests {
  private func read(_ text: String) throws(JSONFault) -> ConfigValue {
    try JSONText.read(Array(text.utf8)).value
  }

  @Test(
    "Values are read as RFC 8259 has them",
    arguments: [
      ("null", ConfigValue.null), ("true", .bool(true)), ("-0", .int(0)), ("17", .int(17)),
      ("1.5e3", .double(1500)), ("\"\"", .string("")), ("[]", .list([])), ("{}", .map([])),
      ("\"\\u00e9\\n\\\"\\/\"", .string("é\n\"/")), ("\"\\ud83d\\ude00\"", .string("😀")),
      (
        " [1 , [ ] ,{ \"a\" : [2] } ]\n",
        .list([.int(1), .list([]), .map([("a", .list([.int(2)]))])])
      ),
      ("\"é\"", .string("é")),
    ])
  func values(_ text: String, _ value: ConfigValue) throws {
    #expect(try read(text) == value)
  }

  @Test(
    "What is no JSON is refused",
    arguments: [
      "", " ", "[", "{", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
      "{1:2}", "01", "+1", "1.", ".5", "1e", "nul", "nulll", "'a'", "\"a", "\"\\x\"", "\"\\u12\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "{} {}", "[1] ]",
      "{\"a\":1 \"b\":2}", "NaN", "Infinity", "1e999", "{\"a\":1,\"a\":2}", "\u{FEFF}1",
    ])
  func refused(_ text: String) {
    #expect(throws: JSONFault.self) { try read(text) }
  }

  @Test func bytesThatAreNoUTF8AreRefused() {
    #expect(throws: JSONFault.self) { try JSONText.read([0x22, 0xFF, 0x22]) }
  }

  @Test func aFaultNamesItsLineAndByte() {
    let fault = #expect(throws: JSONFault.self) { try read("{\n  \"a\": tru\n}") }
    #expect(fault?.line == 2)
    #expect(fault?.column == 8)
  }

  @Test func depthAndCountAreBoundedAndTakeNoStack() {
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(throws: JSONFault.self) { try read(deep) }
    let limit = FlowLimits.jsonDepth
    let nested = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(throws: Never.self) { try read(nested) }
    #expect(throws: JSONFault.self) { try read("[\(nested)]") }
    let many = "[" + String(repeating: "1,", count: FlowLimits.jsonValues) + "1]"
    #expect(throws: JSONFault.self) { try read(many) }
  }

  @Test("What Foundation writes is read as Foundation reads it", arguments: 0..<200)
  func foundation(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let value = RandomJSON.value(depth: 4, using: &generator)
    let text = value.json()
    #expect(try read(text) == value)
    let theirs = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: [.fragmentsAllowed])
    let again = try JSONSerialization.data(withJSONObject: theirs, options: [.fragmentsAllowed])
    #expect(try JSONText.read(Array(again)).value == value)
  }

  @Test("Whatever bytes come, the reader ends, and agrees with Foundation", arguments: 0..<300)
  func mutated(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 7_000)
    var bytes = Array(RandomJSON.value(depth: 3, using: &generator).json().utf8)
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[place] = "[]{},:\"\\0e-.tn ".utf8.randomElement(using: &generator) ?? 0
    }
    let ours = try? JSONText.read(bytes)
    guard ours != nil else { return }
    // Ours is the stricter of the two.
    #expect(
      (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil,
      "\(String(decoding: bytes, as: UTF8.self))")
  }
}

/// Values of any shape.
enum RandomJSON {
  static func value(depth: Int, using generator: inout SeededGenerator) -> ConfigValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
    case 0: .null
    case 1: .bool(Bool.random(using: &generator))
    case 2: .int(Int.random(in: -1_000_000...1_000_000, using: &generator))
    case 3: .double(Double(Int.random(in: -99_999...99_999, using: &generator)) / 64)
    case 4, 5: .string(text(using: &generator))
    case 6:
      .list(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          value(depth: depth - 1, using: &generator)
        })
    default:
      .map(
        (0..<Int.random(in: 0...4, using: &generator)).map { number in
          ("k\(number)", value(depth: depth - 1, using: &generator))
        })
    }
  }

  private static func text(using generator: inout SeededGenerator) -> String {
    let pieces = ["a", "\"", "\\", "\n", "é", "😀", "/", "\u{1}", " ", "x"]
    return (0..<Int.random(in: 0...6, using: &generator)).map { _ in
      pieces.randomElement(using: &generator) ?? ""
    }.joined()
  }
}
