import MoiraModel
import Testing

@testable import MoiraTable

private func hashes(_ ids: [String], seed: UInt64 = 7) throws -> [UInt64] {
  var builder = TableBuilder(rows: ids.count)
  builder.setID("id", ids)
  return try Table(try builder.build()).rowHashes(seed: seed)
}

struct RowSplitTests {
  @Test func `a row's hash is its id's hash, whoever else is there`() throws {
    let all = try hashes(["a", "b", "c"])
    #expect(all == ["a", "b", "c"].map { XXHash64.hash($0, seed: 7) })
    #expect(try hashes(["c", "a"]) == [all[2], all[0]])
    #expect(try hashes(["a"], seed: 8) != [all[0]])
  }

  @Test func `rows without ids hash by their index`() throws {
    let table = try table("x\n1\n2\n")
    #expect(table.rowHashes(seed: 3) == [XXHash64.hash(0, seed: 3), XXHash64.hash(1, seed: 3)])
  }

  @Test func `a row never changes side when rows are added`() throws {
    let shares = try SplitShares(train: 0.6, validate: 0.1, test: 0.3)
    let few = (0..<500).map { "p\($0 * 3)" }
    let many = (0..<1500).map { "p\($0)" }
    func sides(_ ids: [String]) throws -> [String: Int] {
      let split = splitRows(hashes: try hashes(ids), shares: shares)
      var sides: [String: Int] = [:]
      for (side, rows) in [split.train, split.validate, split.test].enumerated() {
        #expect(rows == rows.sorted())
        for row in rows { sides[ids[row]] = side }
      }
      return sides
    }
    let before = try sides(few)
    let after = try sides(many)
    #expect(before.count == few.count)
    #expect(after.count == many.count)
    #expect(few.allSatisfy { before[$0] == after[$0] })
  }

  @Test func `sizes are near the shares`() throws {
    let split = splitRows(
      hashes: try hashes((0..<20_000).map { "\($0)" }),
      shares: try SplitShares(train: 0.5, validate: 0.2, test: 0.1))
    // Seven standard deviations of the binomial, a false alarm in less than 10⁻¹¹; the seed is fixed.
    #expect(abs(split.train.count - 10_000) < 495)
    #expect(abs(split.validate.count - 4_000) < 396)
    #expect(abs(split.test.count - 2_000) < 297)
  }

  @Test func `a larger test share keeps the test rows`() throws {
    let hashes = try hashes((0..<1000).map { "\($0)" })
    let small = splitRows(hashes: hashes, shares: try SplitShares(train: 0.8, test: 0.2))
    let large = splitRows(hashes: hashes, shares: try SplitShares(train: 0.7, test: 0.3))
    #expect(Set(large.test).isSuperset(of: small.test))
  }

  @Test func `shares that sum to one in decimals leave out no row`() throws {
    let shares = try SplitShares(train: 0.7, validate: 0.2, test: 0.1)
    let last = splitRows(hashes: [UInt64.max, 0], shares: shares)
    #expect(last.train == [0])
    #expect(last.test == [1])
  }

  @Test(arguments: [[10], [7, 3], [100, 50, 1], [33, 33, 34]])
  func `a stratified split shares out every class exactly`(sizes: [Int]) throws {
    let labels = sizes.enumerated().flatMap { label, size in
      [Double](repeating: label == 2 ? .nan : Double(label), count: size)
    }
    let hashes = try hashes(labels.indices.map { "\($0)" })
    let split = splitRows(
      hashes: hashes, stratifiedBy: labels, shares: try SplitShares(train: 0.7, test: 0.3))
    #expect((split.train + split.test).sorted() == Array(labels.indices))
    #expect(split.validate.isEmpty)
    var first = 0
    for size in sizes {
      let tested = split.test.count { $0 >= first && $0 < first + size }
      #expect(tested == Int((0.3 * Double(size)).rounded()))
      // The tested ones are those of the smallest hashes.
      let inOrder = (first..<first + size).sorted { hashes[$0] < hashes[$1] }
      #expect(Set(inOrder.prefix(tested)).isSubset(of: split.test))
      first += size
    }
  }

  @Test func `a split by counts has just those counts, smallest hashes first`() throws {
    let split = try splitRows(hashes: [50, 10, 40, 20, 30], train: 2, validate: 1, test: 1)
    #expect(split == RowSplit(train: [2, 4], validate: [3], test: [1]))
    let rest = try splitRows(hashes: [50, 10, 40, 20, 30], test: 2)
    #expect(rest == RowSplit(train: [0, 2, 4], test: [1, 3]))
  }

  @Test func `counts and shares that cannot be are refused`() {
    #expect(throws: SplitError.tooFewRows(asked: 3, found: 2)) {
      try splitRows(hashes: [1, 2], train: 1, validate: 1, test: 1)
    }
    #expect(throws: SplitError.tooFewRows(asked: .max, found: 2)) {
      try splitRows(hashes: [1, 2], train: .max, test: 1)
    }
    #expect(throws: SplitError.negativeCount) { try splitRows(hashes: [1, 2], test: -1) }
    #expect(throws: SplitError.shareOutOfRange) { try SplitShares(train: .nan, test: 0.5) }
    #expect(throws: SplitError.shareOutOfRange) { try SplitShares(train: -0.1, test: 0.5) }
    #expect(throws: SplitError.sharesOverOne) { try SplitShares(train: 0.6, test: 0.5) }
    #expect(throws: SplitError.tooFewFolds(1)) { try foldRows(hashes: [1], folds: 1) }
  }

  @Test func `a fold is the hash's rest`() throws {
    #expect(try foldRows(hashes: [0, 7, 12, .max], folds: 5) == [0, 2, 2, 0])
  }

  @Test(arguments: [2, 3, 10])
  func `stratified folds are level in every class and as a whole`(folds: Int) throws {
    let labels = (0..<203).map { Double($0 % 7 == 0 ? 1 : 0) }
    let hashes = try hashes(labels.indices.map { "\($0)" })
    let fold = try foldRows(hashes: hashes, stratifiedBy: labels, folds: folds)
    func spread(_ rows: [Int]) -> Int {
      let sizes = (0..<folds).map { wanted in rows.count { fold[$0] == wanted } }
      return (sizes.max() ?? 0) - (sizes.min() ?? 0)
    }
    #expect(spread(Array(labels.indices)) <= 1)
    for label in [0.0, 1] { #expect(spread(labels.indices.filter { labels[$0] == label }) <= 1) }
  }
}
