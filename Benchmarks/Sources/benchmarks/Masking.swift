import MoiraCrypto
import MoiraModel

/// Goal 6: one party's upload of 2²⁰ elements among ten, so nine masks over each element.
func measureMasking(_ bench: Bench) throws {
  let count = 1 << 20
  let keys = try tenParties()
  var words = (0..<count).map { UInt64($0) }
  var times: [Double] = []
  for round in 0..<12 {
    let label = MaskLabel(scope: keys.roster.scope, round: round, tensor: "weights")
    times.append(
      try seconds {
        let masks = try keys.masks(for: label)
        precondition(masks.count == 9)
        applyMasks(masks, to: &words)
      })
  }
  let speed = Double(count) / times.best / 1e6
  bench.board.add(
    6, "masked upload, 2²⁰ elements, 9 masks, one core",
    "\(speed.formatted(1)) M/s (median \((Double(count) / times.median / 1e6).formatted(1)))",
    ratio: speed / 50, wanted: "≥ 50 M/s", isMet: speed >= 50)
}

private func tenParties() throws -> MaskingKeys {
  var generator = SeededGenerator(seed: 3)
  let pairs = (0..<10).map { (PartyID("party-\($0)"), MaskKeyPair(using: &generator)) }
  let roster = try KeyRoster(
    scope: TaskScope(job: "bench", task: "train", attempt: 1),
    entries: pairs.map { (party: $0.0, key: $0.1.publicKey) })
  return try MaskingKeys(own: pairs[4].0, keyPair: pairs[4].1, roster: roster)
}
