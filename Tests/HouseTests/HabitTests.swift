import Testing

/// Names, sizes and reasons, as the house style has them.
@Suite struct HabitTests {
  private static let all = Repository.sources + Repository.tests

  @Test func noTypeHasANameThatSaysNothing() {
    let declaration =
      /\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w*?(?:Manager|Helper|Util|Utils|Handler|Processor|Controller|Base|Impl|Info|Wrapper|Context|Data))\b/
    // What a component is given, and what fills it.
    let exceptions: Set<String> = ["TaskContext", "PartContext"]
    for file in Repository.sources {
      for name in Self.emptyWords {
        for (_, line) in file.code(with: name) {
          guard let match = line.firstMatch(of: declaration) else { continue }
          #expect(exceptions.contains(String(match.1)), "\(file.path) declares '\(match.1)'")
        }
      }
    }
  }

  private static let emptyWords = [
    "Manager", "Helper", "Util", "Handler", "Processor", "Controller", "Base", "Impl", "Info",
    "Wrapper", "Context", "Data",
  ]

  @Test func everyUncheckedPromiseHasItsReasonBesideIt() {
    for file in Self.all {
      for word in ["@unchecked Sendable", "nonisolated(unsafe)"] {
        for (number, _) in file.code(with: word) {
          let near = file.lines[max(0, number - 4)..<number]
          #expect(near.contains { hasReason($0) }, "\(file.path):\(number) gives no reason")
        }
      }
    }
  }

  /// A comment of a few words.
  private func hasReason(_ line: Substring) -> Bool {
    let parts = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && parts[1].split(separator: " ").count >= 4
  }

  @Test func noFileIsLong() {
    for file in Self.all {
      #expect(file.lines.count <= 351, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test func halfOfTheSourcesAreShort() {
    let counts = Repository.sources.map(\.lines.count).sorted()
    #expect(counts[counts.count / 2] <= 110)
  }

  @Test func nothingIsLeftForLater() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    for file in Self.all {
      for mark in marks { #expect(!file.text.contains(mark), "\(file.path) says \(mark)") }
    }
  }

  @Test func sourcesUnwrapNothingByForce() {
    for file in Repository.sources {
      for (number, line) in file.code(with: "!") where line.contains(/\btry!|\bas! |\w!\.\w/) {
        Issue.record("\(file.path):\(number) unwraps by force")
      }
    }
  }

  @Test func everyTypeOfASourceFileSaysWhatItIs() {
    let words = ["struct", "class", "actor", "protocol"]
    let modifiers: Set<Substring> = ["public", "package", "final", "indirect"]
    for file in Repository.sources {
      for (number, line) in file.lines.enumerated() where line.first?.isLetter == true {
        let first = line.split(separator: " ").first { !modifiers.contains($0) }
        guard let first, words.contains(String(first)) else { continue }
        let above = file.lines[..<number].last { !$0.hasPrefix("@") && !$0.hasPrefix("// ") }
        #expect(above?.hasPrefix("///") == true, "\(file.path):\(number + 1) has no comment")
      }
    }
  }

  @Test func commentsAndStringsAreNotTakenForCode() {
    let code = codeLines(
      of: "let a = \"x // y\" // async\n/* print( */ b\n\"\"\"\nactor\n\"\"\" + c")
    #expect(code == ["let a = \"\" ", " b", "", "", " + c"])
  }
}
