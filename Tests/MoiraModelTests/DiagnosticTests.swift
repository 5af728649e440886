import MoiraModel
import Testing

@Suite struct DiagnosticTests {
  private func site(_ line: Int, _ column: Int, _ file: String = "a") -> Site {
    Site(file: file, line: line, column: column)
  }

  @Test func theyAreSortedByPlaceAndThoseWithoutComeLast() {
    var found = Diagnostics()
    found.error("c", "nowhere", at: nil)
    found.error("c", "third", at: site(2, 9))
    found.error("c", "second", at: site(2, 1))
    found.error("c", "other file", at: site(1, 1, "b"))
    found.warn("c", "first", at: site(1, 5))
    #expect(
      found.sorted.map(\.message) == ["first", "second", "third", "other file", "nowhere"])
  }

  @Test func atOnePlaceTheyStayInTheOrderInWhichTheyWereFound() {
    var found = Diagnostics()
    for name in ["z", "a", "m"] { found.error("c", name, at: site(1, 1)) }
    #expect(found.sorted.map(\.message) == ["z", "a", "m"])
  }

  @Test func theSameIsSaidOnce() {
    var found = Diagnostics(Diagnostic(code: "c", "m", at: site(1, 1)))
    found.error("c", "m", at: site(1, 1))
    found.error("c", "m", at: site(1, 2))
    found.error("c", "m", at: site(1, 1), hint: "h")
    var others = Diagnostics()
    others.error("c", "m", at: site(1, 2))
    found.add(contentsOf: others)
    #expect(found.all.count == 3)
  }

  @Test func warningsAreNotErrors() {
    var found = Diagnostics()
    found.warn("c", "m", at: nil)
    #expect(!found.hasErrors)
    found.error("c", "m", at: nil)
    #expect(found.hasErrors)
  }

  @Test func aFailureCrossesWithoutItsCause() {
    let failure = Failure("c", "m", hint: "h", cause: "secret", isTransient: true)
    #expect(failure.withoutCause.cause == nil)
    #expect(failure.withoutCause.hint == "h")
  }

  @Test func aFailureKeepsWhoseItIs() {
    let failure = Failure("c", "m").attributed(to: "t", attempt: 1, party: "a")
    let again = failure.attributed(to: "u", attempt: 2, party: "b")
    #expect(again.task == "t" && again.attempt == 1 && again.party == "a")
  }

  @Test func kindsHaveTheirArticle() {
    #expect(ArtifactKind.table.phrase == "a table")
    #expect(ArtifactKind("index").phrase == "an index")
    #expect(ArtifactKind.metrics.phrase == "metrics")
    #expect(ArtifactKind.protection.phrase == "protection")
  }

  @Test func momentsAddAndSubtract() {
    let moment = Instant(milliseconds: 1_000) + .milliseconds(250)
    #expect(moment.milliseconds == 1_250)
    #expect(moment - Instant(milliseconds: 2_000) == .milliseconds(-750))
    #expect(Duration.microseconds(1_999).milliseconds == 1)
  }
}
