import MoiraModel
import Testing

@testable import MoiraSchedule

/// The transitions of one attempt with the parties a, b and c.
@Suite struct AttemptMachineTests {
  var attempt = AttemptMachine(
    task: "x", number: 2, parties: ["a", "b", "c"], started: Instant(milliseconds: 0))

  func failure(_ code: String) -> Failure { Failure(code, "it went wrong") }
  func placed(_ code: String, _ party: PartyID) -> Failure {
    failure(code).attributed(to: "x", attempt: 2, party: party)
  }

  @Test mutating func `it succeeds with the last part, and not before`() {
    #expect(attempt.partSucceeded("c", outputs: [artifact("1")]) == .noted)
    #expect(attempt.partSucceeded("a", outputs: []) == .noted)
    #expect(attempt.partSucceeded("b", outputs: []) == .succeeded)
    #expect(attempt.outputs == ["a": [], "b": [], "c": [artifact("1")]])
    #expect(attempt.partFailed("b", failure("late")) == .ignored)
  }

  @Test mutating func `a cause fails it at once`() {
    #expect(attempt.partSucceeded("a", outputs: []) == .noted)
    #expect(attempt.partFailed("b", failure("boom")) == .failed(placed("boom", "b")))
  }

  @Test mutating func `the same part is not heard twice, nor a stranger once`() {
    #expect(attempt.partSucceeded("a", outputs: []) == .noted)
    #expect(attempt.partSucceeded("a", outputs: []) == .ignored)
    #expect(attempt.partFailed("a", failure("boom")) == .ignored)
    #expect(attempt.partFailed("z", failure("boom")) == .ignored)
    #expect(attempt.partSucceeded("z", outputs: []) == .ignored)
  }

  @Test(arguments: ["peer-failed", "cancelled"])
  mutating func `a cause that comes after an echo is the failure`(echo: String) {
    #expect(attempt.partFailed("b", failure(echo)) == .failing)
    #expect(attempt.cancelRunning() == ["a", "c"])
    #expect(attempt.partFailed("c", failure("cancelled")) == .noted)
    #expect(attempt.partFailed("a", failure("boom")) == .failed(placed("boom", "a")))
    #expect(attempt.parts["c"] == PartProgress(state: .cancelled))
  }

  @Test mutating func `if all have said their last word, the first echo stands`() {
    #expect(attempt.partFailed("b", failure("peer-failed")) == .failing)
    #expect(attempt.partSucceeded("a", outputs: []) == .noted)
    #expect(attempt.partFailed("c", failure("cancelled")) == .failed(placed("peer-failed", "b")))
  }

  @Test mutating func `an echo of the last open part needs no waiting`() {
    _ = attempt.partSucceeded("a", outputs: [])
    _ = attempt.partSucceeded("b", outputs: [])
    #expect(attempt.partFailed("c", failure("peer-failed")) == .failed(placed("peer-failed", "c")))
  }

  @Test mutating func `a part that succeeds while the attempt fails does not save it`() {
    #expect(attempt.partFailed("b", failure("peer-failed")) == .failing)
    #expect(attempt.partSucceeded("a", outputs: [artifact("1")]) == .noted)
    #expect(attempt.partSucceeded("c", outputs: []) == .failed(placed("peer-failed", "b")))
    #expect(attempt.outputs.isEmpty)
  }

  @Test(arguments: [(true, PartState.lost), (false, .cancelled)])
  mutating func `what is open at the end is lost or cancelled`(lost: Bool, state: PartState) {
    _ = attempt.partSucceeded("a", outputs: [artifact("1")])
    attempt.end(lost: lost)
    #expect(attempt.parts.mapValues(\.state) == ["a": .succeeded, "b": state, "c": state])
    #expect(attempt.outputs.isEmpty)
    #expect(attempt.partSucceeded("b", outputs: []) == .ignored)
  }

  @Test mutating func `a failure keeps the party that it names itself`() {
    var named = failure("boom")
    named.party = "c"
    named.task = "another"
    guard case .failed(let failure) = attempt.partFailed("a", named) else {
      Issue.record("a cause settles")
      return
    }
    #expect(failure.party == "c")
    #expect(failure.task == "x")
    #expect(failure.attempt == 2)
  }
}
