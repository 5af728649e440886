import MoiraCrypto
import MoiraModel
import MoiraProtocols

/// One party's upload of 2²⁰ elements among ten: nine pair masks and its own over each element, with the
/// keys, shares and signature of the next round's offer. One core.
func measureMasking(_ bench: Bench) throws {
  let count = 1 << 20
  var times: [Double] = []
  for _ in 0..<9 {
    let sums = try SecureParties(10)
    try sums.round([1])
    // Handed over, as a task hands over what it has encoded: no second array is made.
    var words: [UInt64]? = (0..<count).map { UInt64($0) }
    times.append(try cpuSeconds { try sums.uploads(words.take() ?? []) })
  }
  add(bench, "masked upload, 2²⁰ elements, 10 parties", count, times, wanted: 190)
  try measureMasks(bench, count: count)
  try measureShamir(bench)
}

private func add(
  _ bench: Bench, _ what: String, _ count: Int, _ times: [Double], wanted: Double
) {
  let speed = Double(count) / times.best / 1e6
  bench.board.add(
    4, what + ", one core",
    "\(speed.formatted(1)) M/s (median \((Double(count) / times.median / 1e6).formatted(1)))",
    ratio: speed / wanted, wanted: "≥ \(Int(wanted)) M/s", isMet: speed >= wanted)
}

/// The masks alone, with the processor's instructions and without.
private func measureMasks(_ bench: Bench, count: Int) throws {
  var generator = SeededGenerator(seed: 3)
  let masks = try (0..<10).map { index in
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return SignedMask(
      index < 5 ? .add : .subtract, MaskStream(seed: try MaskSeed(bytes: bytes)))
  }
  var words = (0..<count).map { UInt64($0) }
  for (kernel, name, wanted) in [
    (KeystreamKernel.best, KeystreamKernel.nameOfBest, 190.0), (.portable, "portable", 60),
  ] {
    let times = (0..<9).map { _ in cpuSeconds { applyMasks(masks, to: &words, kernel: kernel) } }
    add(bench, "  ten masks over 2²⁰ elements (\(name))", count, times, wanted: wanted)
  }
}

private func measureShamir(_ bench: Bench) throws {
  var generator = SeededGenerator(seed: 5)
  let shamir = try ShamirShares(threshold: 67, parties: 100)
  let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
  var shares: [SecretShare] = []
  let splits = try (0..<200).map { _ in
    try cpuSeconds { shares = try shamir.split(secret, using: &generator) }
  }
  let chosen = Array(shares.prefix(67))
  let combines = try (0..<200).map { _ in
    try cpuSeconds {
      let interpolation = try shamir.interpolation(of: Array(1...67))
      let combined = try interpolation.combine(chosen)
      precondition(combined == secret)
    }
  }
  for (what, times, wanted) in [
    ("split", splits, 0.2e-3), ("combine", combines, 0.1e-3),
  ] {
    bench.board.add(
      4, "Shamir 100/67 of 32 bytes: \(what)", times.median.asMilliseconds,
      ratio: wanted / times.median, wanted: "≤ \(wanted.asMilliseconds)",
      isMet: times.median <= wanted)
  }
}
