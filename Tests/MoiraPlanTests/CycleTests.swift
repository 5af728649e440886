import MoiraModel
import MoiraPlan
import Testing

@Suite struct CycleTests {
  private func mixes(_ wires: [(String, String)]) -> String {
    head + wires.map { "  \($0.0): {component: mix, inputs: {data: \($0.1).table}}\n" }.joined()
  }

  @Test func aTaskThatNeedsItself() throws {
    #expect(try problems(mixes([("x", "x")])) == ["4:3 plan-cycle: tasks form a cycle: x → x"])
  }

  @Test func twoTasks() throws {
    #expect(
      try problems(mixes([("x", "y"), ("y", "x")])) == [
        "4:3 plan-cycle: tasks form a cycle: x → y → x"
      ])
  }

  @Test func threeTasksAreWrittenTheWayTheArtifactsGo() throws {
    #expect(
      try problems(mixes([("x", "z"), ("y", "x"), ("z", "y")])) == [
        "4:3 plan-cycle: tasks form a cycle: x → y → z → x"
      ])
  }

  @Test func twoCyclesAreTwoDiagnostics() throws {
    #expect(
      try problems(mixes([("x", "y"), ("y", "x"), ("u", "v"), ("v", "u")])) == [
        "4:3 plan-cycle: tasks form a cycle: x → y → x",
        "6:3 plan-cycle: tasks form a cycle: u → v → u",
      ])
  }

  @Test func afterMakesCyclesToo() throws {
    let tasks =
      "  x: {component: mix, after: [y]}\n  y: {component: mix, inputs: {data: x.table}}\n"
    #expect(try problems(head + tasks) == ["4:3 plan-cycle: tasks form a cycle: x → y → x"])
  }

  @Test func whatHangsOnACycleIsNotPartOfIt() throws {
    #expect(
      try problems(mixes([("w", "x"), ("x", "y"), ("y", "x"), ("v", "w")])) == [
        "5:3 plan-cycle: tasks form a cycle: x → y → x"
      ])
  }

  @Test func aLongCycleIsShortened() throws {
    let wires = (0..<30).map { ("t\($0)", "t\(($0 + 29) % 30)") }
    #expect(
      try problems(mixes(wires)) == [
        "4:3 plan-cycle: tasks form a cycle: t0 → t1 → t2 → t3 → t4 → t5 → … → t26 → t27 → t28 → t29 → t0"
      ])
  }

  @Test func aTangleTellsAFewCyclesAndEnds() throws {
    var text = head
    for index in 0..<100 {
      let all = (0..<100).map { "t\($0)" }.joined(separator: ", ")
      text += "  t\(index): {component: mix, after: [\(all)]}\n"
    }
    let found = try problems(text)
    #expect(found.count == 16)
    #expect(found.allSatisfy { $0.contains("plan-cycle") })
  }
}
