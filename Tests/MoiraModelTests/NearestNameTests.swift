import MoiraModel
import Testing

@Suite struct NearestNameTests {
  private let names = ["epochs", "batch_size", "learning_rate", "optimizer", "tol", "penalty"]

  @Test(arguments: [
    ("epoch", "epochs"), ("epohcs", "epochs"), ("batchsize", "batch_size"),
    ("learnig_rate", "learning_rate"), ("optimiser", "optimizer"), ("toll", "tol"),
    ("Penalty", "penalty"), ("enalty", "penalty"),
  ])
  func aMisspellingFindsItsName(text: String, name: String) {
    #expect(nearestName(to: text, among: names) == name)
  }

  @Test(arguments: ["", "x", "zzzzzz", "label", "ep", "learning_rate_of_the_whole_model"])
  func whatIsFarFindsNothing(text: String) {
    #expect(nearestName(to: text, among: names) == nil)
  }

  @Test func aShortNameIsNotNearToAnotherShortName() {
    #expect(nearestName(to: "a", among: ["b", "c"]) == nil)
    #expect(nearestName(to: "x1", among: ["x2"]) == nil)
  }

  @Test func theNearestWinsAndThenTheFirstByName() {
    #expect(nearestName(to: "abcdef", among: ["abcxyf", "abcdxf"]) == "abcdxf")
    #expect(nearestName(to: "split_9", among: ["split_2", "split_0", "split_1"]) == "split_0")
  }

  @Test func theNameItselfIsNoSuggestion() {
    #expect(nearestName(to: "tol", among: ["tol"]) == nil)
  }

  @Test func noMoreThanFourEditsAreNear() {
    let long = String(repeating: "a", count: 30)
    #expect(nearestName(to: String(long.dropLast(4)), among: [long]) == long)
    #expect(nearestName(to: String(long.dropLast(5)), among: [long]) == nil)
  }
}
