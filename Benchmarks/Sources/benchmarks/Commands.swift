import Foundation

/// Goal 1: `moira check` starts and ends faster than `python3 -c pass`.
func measureCheck(_ bench: Bench) throws {
  let ours = Program(
    path: bench.moira, arguments: ["check", bench.root + "/pipelines/homo_lr.yaml"])
  let theirs = Program(path: "python3", arguments: ["-c", "pass"])
  var (check, python): ([Double], [Double]) = ([], [])
  for _ in 0..<20 {
    check.append(try ours.run().seconds)
    if let outcome = try? theirs.run() { python.append(outcome.seconds) }
  }
  bench.board.add(
    1, "moira check homo_lr.yaml", times(check), reference: "python3 -c pass " + times(python),
    ratio: python.median / check.median, wanted: "> 1 ×", isMet: check.median < python.median)
}

/// Goal 2: the whole breast job in less than half a second.
func measureWholeJob(_ bench: Bench) throws {
  var all: [Double] = []
  for round in 0..<5 {
    let home = "\(bench.folder)/home-\(round)"
    let run = Program(
      path: bench.moira,
      arguments: [
        "run", bench.root + "/pipelines/homo_lr.yaml", "--home", home, "--no-cache",
      ])
    all.append(try run.run().seconds)
  }
  bench.board.add(
    2, "moira run homo_lr.yaml", times(all), wanted: "< 500 ms", isMet: all.median < 0.5)
}

private func times(_ all: [Double]) -> String {
  "\(all.best.asMilliseconds) (median \(all.median.asMilliseconds))"
}
