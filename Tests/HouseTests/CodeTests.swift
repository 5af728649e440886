import Testing

@Suite struct CodeTests {
  @Test func thereAreCodesToLookAt() {
    #expect(Codes.inSources.count > 60)
    for code in ["yaml-tab", "param-choice", "param-type", "plan-cycle", "protocol-violation"] {
      #expect(Codes.inSources[code] != nil, "\(code)")
    }
  }

  @Test func everyCodeIsKebabCase() {
    for (code, places) in Codes.inSources {
      #expect(code.wholeMatch(of: /[a-z]+(-[a-z0-9]+)*/) != nil, "\(code) in \(places)")
    }
  }

  @Test func everyCodeHasAPage() {
    let pages = Set(Repository.pages.map { $0.name.dropLast(3) })
    for (code, places) in Codes.inSources.sorted(by: { $0.key < $1.key }) {
      #expect(pages.contains(code[...]), "Docs/errors/\(code).md is missing; used in \(places[0])")
    }
  }

  @Test func everyPageIsOfACodeInUse() {
    for page in Repository.pages {
      #expect(
        Codes.inSources[String(page.name.dropLast(3))] != nil, "\(page.path) explains nothing")
    }
  }

  @Test func everyPageHasItsForm() {
    for page in Repository.pages {
      let code = String(page.name.dropLast(3))
      #expect(page.lines.first ?? "" == "# \(code)", "\(page.path)")
      #expect(page.text.contains("[\(code)]"), "\(page.path) has no example of its message")
      #expect(page.text.contains("To put it right:"), "\(page.path)")
      #expect((8...20).contains(page.lines.count - 1), "\(page.path) has \(page.lines.count) lines")
    }
  }
}
