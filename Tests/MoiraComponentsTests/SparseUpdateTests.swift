import MoiraConfig
import MoiraKit
import MoiraModel
import Testing

@testable import MoiraComponents

@Suite("homo_lr with sparse updates")
struct SparseUpdateTests {
  private func sparsify(_ keep: Double, _ index: String = "shared") -> (String, ConfigValue) {
    (
      "sparsify",
      group(SparsifyParameters(), ["keep": .double(keep), "index": .string(index)])
    )
  }

  @Test(
    "sparse gradients with error feedback reach the optimum of the pooled rows",
    arguments: [(0.2, "shared"), (0.4, "shared"), (0.2, "union")])
  func gradients(keep: Double, index: String) async throws {
    let rows = PooledRows(seed: 81)
    let bench = try await TrainingBench(rows)
    let model = try await bench.train([
      ("aggregation", .string("gradient")), sparsify(keep, index), ("epochs", .int(4000)),
      ("learning_rate", .double(0.15)), plainDescent, ("alpha", .double(0.05)),
      ("evaluate_every", .int(4000)), ("local_baseline", .bool(false)),
    ])
    let optimum = rows.optimum(alpha: 0.05)
    for (ours, theirs) in zip(model.parameters, optimum) { #expect(abs(ours - theirs) < 1e-6) }
  }

  @Test("sparse models with error feedback reach the optimum as well")
  func models() async throws {
    let rows = PooledRows(seed: 82)
    let bench = try await TrainingBench(rows)
    let model = try await bench.train([
      sparsify(0.4), ("epochs", .int(3000)), ("learning_rate", .double(0.15)), plainDescent,
      ("alpha", .double(0.05)), ("evaluate_every", .int(3000)), ("local_baseline", .bool(false)),
    ])
    let optimum = rows.optimum(alpha: 0.05)
    for (ours, theirs) in zip(model.parameters, optimum) { #expect(abs(ours - theirs) < 1e-6) }
  }

  @Test("without error feedback the same would end elsewhere: what was kept back is needed")
  func feedbackMatters() async throws {
    let rows = PooledRows(seed: 83)
    func after(_ rounds: Int) async throws -> LogisticModel {
      try await TrainingBench(rows).train([
        ("aggregation", .string("gradient")), sparsify(0.2), ("epochs", .int(rounds)),
        ("learning_rate", .double(0.1)), plainDescent, ("penalty", .string("none")),
        ("local_baseline", .bool(false)),
      ])
    }
    // Coordinates go out one a round; by the fifth each has had its turn, and the one that came last
    // carries the gradients of all five rounds.
    let model = try await after(5)
    var plain = [Double](repeating: 0, count: 5)
    let first = rows.gradient(plain, alpha: 0)
    for place in plain.indices { plain[place] -= 0.1 * first[place] }
    #expect(model.parameters.allSatisfy { $0 != 0 })
    let farthest = zip(model.parameters, first).map { abs($0 / (0.1 * $1)) }.max() ?? 0
    #expect(farthest > 2.5)
  }

  @Test(
    "masked or shared, sparse training gives the bytes of unprotected training",
    arguments: ["shared", "union"])
  func masked(index: String) async throws {
    let rows = PooledRows(seed: 84, columns: 9)
    var models: [String] = []
    for method in ["none", "secure_aggregation", "secret_sharing"] {
      let bench = try await TrainingBench(rows, method: method)
      let model = try await bench.train([
        sparsify(0.3, index), ("epochs", .int(6)), ("local_baseline", .bool(false)),
      ])
      models.append(String(decoding: try model.readableJSON(), as: UTF8.self))
    }
    #expect(models[1] == models[0] && models[2] == models[0])
  }

  @Test("an upload has as many values as are kept, and four words more")
  func size() async throws {
    let bench = try await TrainingBench(PooledRows(seed: 85, columns: 49))
    _ = try await bench.train([
      sparsify(0.1), ("epochs", .int(3)), ("local_baseline", .bool(false)),
    ])
    let sizes = await bench.uploads("model").values.flatMap { $0.values.map(\.count) }
    // ⌈0.1 · 50⌉ values; weight, whether shortened, flag, clips.
    #expect(sizes.count == 9 && Set(sizes) == [5 + 4])
  }

  @Test("the union tells how many chose a coordinate, never who: marks add up without carries")
  func marks() {
    for (dimension, parties) in [(1, 1), (50, 3), (1000, 7), (333, 1024), (100, 2)] {
      let marks = PackedMarks(dimension: dimension, parties: parties)
      var generator = SeededGenerator(seed: UInt64(dimension))
      var sum = [Int](repeating: 0, count: marks.wordCount)
      var union = Set<Int>()
      for _ in 0..<parties {
        let chosen = (0..<dimension).filter { _ in generator.next() % 3 == 0 }
        union.formUnion(chosen)
        let words = marks.words(of: chosen)
        #expect(words.allSatisfy { $0 <= (1 << 52) / parties })
        for place in sum.indices { sum[place] += words[place] }
      }
      #expect(marks.marked(in: sum) == union.sorted())
      #expect(marks.words(of: Array(0..<dimension)).allSatisfy { $0 <= (1 << 52) / parties })
      let all = marks.words(of: Array(0..<dimension)).map { $0 * parties }
      #expect(marks.marked(in: all) == Array(0..<dimension))
    }
  }

  @Test("what cannot go with sparse updates is found before the run")
  func conflicts() {
    let keep = sparsify(0.5)
    #expect(findings(HomoLR.self, [keep]).isEmpty)
    let l1 = findings(
      HomoLR.self, [keep, ("aggregation", .string("gradient")), ("penalty", .string("l1"))])
    #expect(l1.count == 1 && l1[0].hasPrefix("penalty: 'penalty: l1' shrinks all weights"))
    let rule = findings(
      HomoLR.self,
      [keep, ("aggregation_rule", group(RuleParameters(), ["method": .string("krum")]))])
    #expect(rule == ["sparsify: 'sparsify' goes with 'aggregation_rule: mean' only"])
  }
}
