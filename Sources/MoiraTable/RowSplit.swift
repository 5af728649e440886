/// Which rows are for training, for validation and for testing; each in ascending order.
public struct RowSplit: Hashable, Sendable {
  public var train: [Int] = []
  public var validate: [Int] = []
  public var test: [Int] = []

  public init(train: [Int] = [], validate: [Int] = [], test: [Int] = []) {
    self.train = train
    self.validate = validate
    self.test = test
  }
}

/// The parts of a table's rows; what is left of 1 goes nowhere.
public struct SplitShares: Hashable, Sendable {
  public let train: Double
  public let validate: Double
  public let test: Double

  /// - Throws: `SplitError`, when a share is not in 0...1 or they sum to more than 1.
  public init(train: Double, validate: Double = 0, test: Double) throws(SplitError) {
    for share in [train, validate, test] where !(share >= 0 && share <= 1) {
      throw .shareOutOfRange
    }
    guard train + validate + test <= 1 + Self.slack else { throw .sharesOverOne }
    self.train = train
    self.validate = validate
    self.test = test
  }

  /// Where test and validation end on the way from 0 to 1, and where training does; shares such as
  /// 0.7, 0.2 and 0.1, whose sum is just below 1 in doubles, leave out no row.
  var ends: (test: Double, validate: Double, train: Double) {
    let sum = test + validate + train
    return (test, test + validate, sum > 1 - Self.slack ? 1 : sum)
  }

  private static let slack = 1e-9
}

/// Why rows cannot be split as asked.
public enum SplitError: Error, Hashable, Sendable {
  case shareOutOfRange
  case sharesOverOne
  case negativeCount
  case tooFewRows(asked: Int, found: Int)
  case tooFewFolds(Int)
}

extension Table {
  /// A stable 64-bit number for each row: the xxHash64 of its id's UTF-8 under the seed, or of its
  /// index (eight bytes, little-endian) when there is no id column.
  ///
  /// With ids, a row's number does not depend on the other rows, nor on the party or the machine.
  /// Splitting what a split gave needs another seed: under the same one the rows' numbers have been
  /// chosen already.
  public func rowHashes(seed: UInt64) -> [UInt64] {
    (0..<rows).map { row in
      withID(at: row) { id in
        guard let id else { return XXHash64.hash(UInt64(row), seed: seed) }
        return XXHash64.hash(id, seed: seed)
      }
    }
  }
}

/// Splits rows by their hashes alone: test is what is below the first threshold, then validation,
/// then training.
///
/// A row never changes side when rows are added or taken away.
/// When the test share grows, all test rows stay. The sides' sizes are binomial: near the shares.
public func splitRows(hashes: [UInt64], shares: SplitShares) -> RowSplit {
  let ends = shares.ends
  var split = RowSplit()
  for (row, hash) in hashes.enumerated() {
    let place = Double(hash >> 11) * 0x1p-53
    if place < ends.test {
      split.test.append(row)
    } else if place < ends.validate {
      split.validate.append(row)
    } else if place < ends.train {
      split.train.append(row)
    }
  }
  return split
}

/// Splits the rows of each label value apart, in the order of their hashes, so that every class is
/// shared out exactly (to half a row). Missing labels are a class of their own.
///
/// When rows are added, only rows at a boundary between two sides can change side.
public func splitRows(
  hashes: [UInt64], stratifiedBy labels: [Double], shares: SplitShares
) -> RowSplit {
  precondition(labels.count == hashes.count, "a label for each row")
  let ends = shares.ends
  var split = RowSplit()
  for rows in rowsByClass(hashes, labels) {
    let count = Double(rows.count)
    split.deal(
      rows, test: Int((ends.test * count).rounded()),
      validate: Int((ends.validate * count).rounded()),
      train: Int((ends.train * count).rounded()))
  }
  return split.sorted
}

/// Splits by numbers of rows: the smallest hashes are for testing, the next for validation, the next
/// for training, or all others when `train` is nil.
///
/// - Throws: `SplitError`, when there are too few rows or a number is negative.
public func splitRows(
  hashes: [UInt64], train: Int? = nil, validate: Int = 0, test: Int
) throws(SplitError) -> RowSplit {
  guard validate >= 0, test >= 0, (train ?? 0) >= 0 else { throw .negativeCount }
  var asked = 0
  for count in [test, validate, train ?? 0] {
    let (sum, overflows) = asked.addingReportingOverflow(count)
    guard !overflows, sum <= hashes.count else {
      throw .tooFewRows(asked: overflows ? Int.max : sum, found: hashes.count)
    }
    asked = sum
  }
  var split = RowSplit()
  split.deal(
    inHashOrder(Array(hashes.indices), hashes), test: test, validate: test + validate,
    train: train == nil ? hashes.count : asked)
  return split.sorted
}

extension RowSplit {
  /// Deals out rows; the numbers say where each side ends.
  fileprivate mutating func deal(_ rows: [Int], test: Int, validate: Int, train: Int) {
    self.test += rows[..<test]
    self.validate += rows[test..<validate]
    self.train += rows[validate..<train]
  }

  fileprivate var sorted: RowSplit {
    RowSplit(train: train.sorted(), validate: validate.sorted(), test: test.sorted())
  }
}

/// Rows by hash, equal hashes by row.
func inHashOrder(_ rows: [Int], _ hashes: [UInt64]) -> [Int] {
  rows.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
}

/// The rows of each label value in the order of their hashes; values ascending, missing ones last.
func rowsByClass(_ hashes: [UInt64], _ labels: [Double]) -> [[Int]] {
  let missing = labels.indices.filter { labels[$0].isNaN }
  let classes = Dictionary(grouping: labels.indices.filter { !labels[$0].isNaN }) { labels[$0] }
  let ordered = classes.keys.sorted().compactMap { classes[$0] } + [missing]
  return ordered.map { inHashOrder($0, hashes) }
}
