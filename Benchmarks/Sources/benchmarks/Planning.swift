import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraYAML

/// Goal 5: planning ten thousand tasks.
func measurePlanning(_ bench: Bench) throws {
  for hosts in [[], ["b", "c", "d"]] {
    let text = NoOpPipeline.tree(10_000, hosts: hosts)
    let schemas = noOpCatalog.schemas
    var (reading, forming, planning): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<5 {
      var node: ConfigNode?
      var pipeline: Pipeline?
      var plan: Plan?
      reading.append(try seconds { node = try readYAML(text, file: "noop.yaml") })
      forming.append(try seconds { pipeline = try node.map { try Pipeline(reading: $0) } })
      planning.append(
        try seconds { plan = try pipeline.map { try Plan($0, catalog: schemas) } })
      guard plan?.tasks.count == 10_000 else { throw Missing("the plan has lost tasks") }
    }
    let parties = hosts.count + 1
    add(bench, "planning 10,000 tasks at \(parties)", planning.best)
    add(
      bench,
      "  from the text: YAML \(reading.best.asMilliseconds), form \(forming.best.asMilliseconds)",
      reading.best + forming.best + planning.best)
  }
}

private func add(_ bench: Bench, _ what: String, _ time: Double) {
  bench.board.add(5, what, time.asMilliseconds, wanted: "< 300 ms", isMet: time < 0.3)
}
