import MoiraConfig
import MoiraModel
import MoiraYAML
import Testing

@Suite struct FuzzTests {
  /// Bytes that YAML cares about, so that random text gets further than its first line.
  private static let alphabet = Array(
    "ab:- \n\t[]{},&*!|>'\"%#?<~0.1\r\\é\u{2028}\u{FEFF}\u{0}".unicodeScalars)

  @Test(arguments: 0..<40)
  func randomTextIsANodeOrHasSitesInsideIt(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<100 {
      let count = Int.random(in: 0...80, using: &random)
      var text = ""
      for _ in 0..<count {
        text.unicodeScalars.append(Self.alphabet.randomElement(using: &random) ?? "a")
      }
      check(text)
    }
  }

  @Test(arguments: 0..<20)
  func randomBytesAreANodeOrHaveSitesInsideThem(seed: Int) {
    var random = SeededGenerator(seed: 1000 + UInt64(seed))
    for _ in 0..<100 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test(arguments: 0..<20)
  func aDamagedPipelineIsANodeOrHasSitesInsideIt(seed: Int) {
    let whole = Array(
      """
      moira: 1
      defaults: &d {retries: 2, <<: {a: 1}}
      parties: {guest: a, host: [b, "c"]}
      tasks:
        reader_0: {component: reader, conf: *d}
        next: &n
          - |
            text
          - !!str 5
      """.utf8)
    var random = SeededGenerator(seed: 2000 + UInt64(seed))
    for _ in 0..<100 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[place] = UInt8.random(in: 0...255, using: &random)
        } else {
          bytes.remove(at: place)
        }
      }
      check(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func check(_ text: String) {
    let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
    let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { breaks.contains($0) }
    let widest = lines.map(\.count).max() ?? 0
    func check(_ site: Site?, _ subject: String) {
      guard let site else {
        Issue.record("no site for \(subject)")
        return
      }
      // An empty value after a last `?` lies on the line that would follow.
      let lastLine = lines.count + (subject == "empty" ? 1 : 0)
      let isInside =
        site.line >= 1 && site.line <= lastLine && site.column >= 1 && site.column <= widest + 1
      #expect(isInside, "\(site) in \(text.debugDescription): \(subject)")
    }
    do {
      visit(try readYAML(text, file: "t")) { check($0.site, $0.phrase) }
    } catch {
      for one in error.all { check(one.site, one.message) }
    }
  }

  private func visit(_ node: ConfigNode, _ body: (ConfigNode) -> Void) {
    body(node)
    for item in node.list ?? [] { visit(item, body) }
    for entry in node.map?.entries ?? [] { visit(entry.value, body) }
  }
}
