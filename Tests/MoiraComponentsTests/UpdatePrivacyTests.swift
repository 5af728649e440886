import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPrivacy
import Testing

@testable import MoiraComponents

/// Privacy of whole updates: noise of the arbiter, or of the parties together.
@Suite("homo_lr with private updates")
struct UpdatePrivacyTests {
  @Test(
    "epsilon of every round is what the accountant says of the noisy sums",
    arguments: ["central", "distributed"], ["model", "gradient"])
  func epsilon(unit: String, aggregation: String) async throws {
    let bench = try await TrainingBench(
      PooledRows(seed: 61, count: 300), method: "secure_aggregation")
    let model = try await bench.train([
      privacy(unit, ["noise": .double(6)]), ("epochs", .int(4)), ("batch_size", .int(20)),
      ("aggregation", .string(aggregation)),
    ])
    // 60 of 300 rows in a step: five sums a round of gradients, one of models.
    let steps = aggregation == "gradient" ? 5 : 1
    var accountant = RDPAccountant()
    let mechanism = try SubsampledGaussian(noiseMultiplier: 6, sampleRate: 1)
    #expect(model.history.count == 4)
    for round in model.history {
      try accountant.add(mechanism, steps: steps)
      let expected = try accountant.epsilon(delta: 1e-5)
      #expect(try abs(#require(round.epsilon) - expected) < 1e-9 * expected)
      #expect(round.trainLoss == nil)
    }
  }

  @Test(
    "a budget ends the training at the last round that it affords, with the model so far",
    arguments: ["central", "distributed"])
  func budget(unit: String) async throws {
    let bench = try await TrainingBench(PooledRows(seed: 62))
    let model = try await bench.train([
      privacy(unit, ["noise": .double(4), "epsilon": .double(5)]), ("epochs", .int(1000)),
      ("local_baseline", .bool(false)),
    ])
    var accountant = RDPAccountant()
    try accountant.add(
      SubsampledGaussian(noiseMultiplier: 4, sampleRate: 1), steps: model.history.count)
    #expect(try accountant.epsilon(delta: 1e-5) <= 5)
    try accountant.add(SubsampledGaussian(noiseMultiplier: 4, sampleRate: 1), steps: 1)
    #expect(try accountant.epsilon(delta: 1e-5) > 5)
    #expect(model.keptRound == model.history.count && model.history.count > 5)
    let other = try await TrainingBench(PooledRows(seed: 62))
    let failure = await other.failure([
      privacy(unit, ["noise": .double(4), "epsilon": .double(0.1)])
    ])
    #expect(failure?.code == "privacy-budget")
  }

  @Test(
    "noise is found from a wanted epsilon, and all rounds are run",
    arguments: ["central", "distributed"])
  func calibration(unit: String) async throws {
    let bench = try await TrainingBench(PooledRows(seed: 63))
    let model = try await bench.train([
      privacy(unit, ["epsilon": .double(3)]), ("epochs", .int(12)),
      ("local_baseline", .bool(false)),
    ])
    let spent = try #require(model.history.last?.epsilon)
    #expect(model.history.count == 12 && spent <= 3 && spent > 2.99)
  }

  private func integers(_ words: [UInt64], _ gaussian: UpdateGaussian) -> [Int64] {
    words.map { Int64(bitPattern: $0) >> Int64(40 - gaussian.grid.fractionBits) }
  }

  private func noiseOnly(_ unit: String, clip: Double, noise: Double) -> [(String, ConfigValue)] {
    // A step of 10⁻³⁰ moves no weight by a step of the grid: what goes out is zeros, and noise.
    [
      privacy(unit, ["noise": .double(noise), "clip": .double(clip)]), ("epochs", .int(100)),
      ("learning_rate", .double(1e-30)), plainDescent, ("local_baseline", .bool(false)),
    ]
  }

  /// 500 numbers: their mean square lies within 6.11 · √(2/500) of the variance but for 10⁻⁹.
  private func agrees(_ values: [Int64], variance: Double) -> Bool {
    let mean = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
    return abs(mean / variance - 1) < 6.11 * (2 / Double(values.count)).squareRoot()
  }

  @Test("central: uploads have no noise; the arbiter adds it once, to the same sum for all")
  func central() async throws {
    let bench = try await TrainingBench(PooledRows(seed: 64))
    _ = try await bench.train(noiseOnly("central", clip: 0.5, noise: 2))
    let gaussian = try UpdateGaussian.central(noiseMultiplier: 2, clip: 0.5, dimension: 5)
    let totals = await bench.totals("model")
    var noise: [Int64] = []
    for (round, uploads) in await bench.uploads("model") {
      for words in uploads.values { #expect(words == [0, 0, 0, 0, 0, 1]) }
      let sent = try #require(totals[round])
      let first = try #require(sent["hospital-a"])
      #expect(sent.count == 3 && sent.values.allSatisfy { $0 == first })
      #expect(first[5] == 3)
      noise += integers(Array(first[..<5]), gaussian)
    }
    #expect(noise.count == 500)
    #expect(agrees(noise, variance: 0x1p80))
  }

  @Test("distributed: each upload has a share of the noise, and nobody adds more")
  func distributed() async throws {
    let bench = try await TrainingBench(PooledRows(seed: 65))
    _ = try await bench.train(noiseOnly("distributed", clip: 0.5, noise: 2))
    let gaussian = try UpdateGaussian.distributed(
      noiseMultiplier: 2, clip: 0.5, leastParties: 3, parties: 3, dimension: 5)
    let totals = await bench.totals("model")
    var shares: [PartyID: [Int64]] = [:]
    for (round, uploads) in await bench.uploads("model") {
      var sum = [UInt64](repeating: 0, count: 6)
      for (party, words) in uploads {
        for place in 0..<6 { sum[place] &+= words[place] }
        shares[party, default: []] += integers(Array(words[..<5]), gaussian)
      }
      #expect(totals[round]?["hospital-b"] == sum)
      #expect(sum[5] == 3)
    }
    #expect(shares.count == 3)
    for share in shares.values { #expect(agrees(share, variance: 0x1p80 / 3)) }
    let first = try #require(shares["hospital-a"])
    #expect(first != shares["hospital-b"])
  }

  @Test("what a party sends is no longer than the clip, however far its rows would go")
  func clipped() async throws {
    let bench = try await TrainingBench(PooledRows(seed: 66))
    _ = try await bench.train([
      privacy("central", ["noise": .double(0.5), "clip": .double(0.25)]), ("epochs", .int(20)),
      ("learning_rate", .double(50)), plainDescent, ("local_baseline", .bool(false)),
    ])
    let gaussian = try UpdateGaussian.central(noiseMultiplier: 0.5, clip: 0.25, dimension: 5)
    let limit = UInt128(gaussian.grid.normSteps) * UInt128(gaussian.grid.normSteps)
    var longest: UInt128 = 0
    for uploads in await bench.uploads("model").values {
      for words in uploads.values {
        let squares = integers(Array(words[..<5]), gaussian).reduce(UInt128(0)) {
          $0 + UInt128($1.magnitude) * UInt128($1.magnitude)
        }
        #expect(squares <= limit)
        longest = max(longest, squares)
      }
    }
    // The clip was reached: the test would see one that is not there.
    #expect(Double(longest) > 0.999 * Double(limit))
  }

  @Test("a party whose update is no number takes part with zeros, and none can tell")
  func notFinite() async throws {
    var rows = PooledRows(seed: 67)
    for row in rows.rows.indices where rows.owners[row] == 1 { rows.rows[row][0] = 1e308 }
    let bench = try await TrainingBench(rows)
    let model = try await bench.train([
      privacy("distributed", ["noise": .double(1)]), ("epochs", .int(3)), plainDescent,
      ("local_baseline", .bool(false)),
    ])
    let finite = model.parameters.count { $0.isFinite }
    #expect(finite == 5)
  }

  /// Hostile test 20. The attacker sees the words of uploads, and asks whether any low bits tell a
  /// party that has an update from one that has none.
  @Test(
    "noisy words show no bit pattern: below the noise's grid all are zero, on it they are uniform",
    arguments: [0.5, 40.0])
  func bitPatterns(clip: Double) async throws {
    let noise = 2.0
    let gaussian = try UpdateGaussian.distributed(
      noiseMultiplier: noise, clip: clip, leastParties: 3, parties: 3, dimension: 5)
    let below = UInt64(40 - gaussian.grid.fractionBits)
    #expect((below > 0) == (clip > 1))
    var seen: [[Int]] = []
    for rate in [1e-30, 0.3] {
      let bench = try await TrainingBench(PooledRows(seed: 68))
      _ = try await bench.train([
        privacy("distributed", ["noise": .double(noise), "clip": .double(clip)]),
        ("epochs", .int(150)), ("learning_rate", .double(rate)), plainDescent,
        ("local_baseline", .bool(false)),
      ])
      let words = await bench.uploads("model").values.flatMap { $0.values.flatMap { $0[..<5] } }
      #expect(words.count == 2250)
      let beneath = words.count { $0 & (1 << below - 1) != 0 }
      #expect(beneath == 0)
      var counts = [Int](repeating: 0, count: 32)
      for word in words { counts[Int(word >> below & 31)] += 1 }
      seen.append(counts)
    }
    for counts in seen {
      let expected = 2250.0 / 32
      let distance = counts.reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      // χ² with 31 degrees of freedom is above 101 with probability 10⁻⁹.
      #expect(distance < 101)
    }
  }

  @Test("parameters that contradict private updates are found before the run")
  func conflicts() {
    let unit = privacy("distributed", ["noise": .double(1)])
    #expect(findings(HomoLR.self, complete([unit])).isEmpty)
    let wrong: [(String, ConfigValue, String)] = [
      (
        "weighting", .string("rows"),
        "weighting: 'weighting: rows' would let a party with more rows"
      ),
      ("clip_update", .double(1), "clip_update: 'clip_update' and 'privacy.clip' both shorten"),
      ("early_stop", .string("abs"), "early_stop: 'early_stop' by the loss tells it"),
      (
        "aggregation_rule", group(RuleParameters(), ["method": .string("median")]),
        "aggregation_rule: 'aggregation_rule: median' needs to see each party's update"
      ),
      (
        "sparsify", group(SparsifyParameters(), ["keep": .double(0.5)]),
        "sparsify: 'sparsify' keeps what 'privacy' clips away"
      ),
    ]
    for (name, value, text) in wrong {
      let found = findings(HomoLR.self, complete([unit, (name, value)]))
      #expect(found.count == 1 && found[0].hasPrefix(text), "\(found)")
    }
  }

  private func complete(_ changes: [(String, ConfigValue)]) -> [(String, ConfigValue)] { changes }

  @Test("the report says unit, epsilon, delta and who is trusted")
  func report() async throws {
    for (unit, trust) in [
      ("central", "the arbiter adds the noise and is trusted to"),
      ("distributed", "enough for 3 of 3 parties, so nobody is trusted"),
      ("example", "each party adds the noise to what leaves it"),
    ] {
      let bench = try await TrainingBench(PooledRows(seed: 69))
      _ = try await bench.train([
        privacy(unit, ["epsilon": .double(2)]), ("epochs", .int(2)),
        ("local_baseline", .bool(false)),
      ])
      let texts = bench.bench.logs.compactMap { report -> String? in
        if case .protection(let text) = report { text } else { nil }
      }
      let said = texts.contains {
        $0.hasPrefix("differential privacy of each") && $0.contains("epsilon 2.0 at delta 1e-05")
          && $0.contains(trust)
      }
      #expect(said, "\(texts)")
    }
  }
}
