/// The fold of each row, 0 ..< folds: its hash modulo the number of folds.
///
/// A row never changes fold when rows are added. Folds are of about equal size.
///
/// - Throws: `SplitError.tooFewFolds` below two.
public func foldRows(hashes: [UInt64], folds: Int) throws(SplitError) -> [Int] {
  guard folds >= 2 else { throw .tooFewFolds(folds) }
  return hashes.map { Int($0 % UInt64(folds)) }
}

/// The fold of each row, so that the sizes of any two folds, and their numbers of rows of any one
/// label value, differ by at most one.
///
/// The rows of each class are dealt out in the order of their hashes; the next class goes on where
/// the last one ended. Missing labels are a class of their own.
///
/// - Throws: `SplitError.tooFewFolds` below two.
public func foldRows(
  hashes: [UInt64], stratifiedBy labels: [Double], folds: Int
) throws(SplitError) -> [Int] {
  guard folds >= 2 else { throw .tooFewFolds(folds) }
  precondition(labels.count == hashes.count, "a label for each row")
  var result = [Int](repeating: 0, count: hashes.count)
  for (place, row) in rowsByClass(hashes, labels).joined().enumerated() {
    result[row] = place % folds
  }
  return result
}
