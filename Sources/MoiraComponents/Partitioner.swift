internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Splits a party's rows into those for training, validation and testing.
///
/// A row's side follows from the hash of its id under the seed, so that it never changes when rows
/// are added; without ids, from its place. Ids hash alike at all parties. Splitting what a split
/// gave needs another seed: under the same one its rows have been chosen already. Nothing leaves
/// the party.
struct Partitioner: Component {
  static let card = ComponentCard(
    "partitioner", version: 1, roles: [.guest, .host],
    summary: "Splits a party's rows into those for training, validation and testing.")

  @Input("The rows to split.", at: .guest, .host)
  var data: Artifact<Table>

  @Output("Rows to train on.", at: .guest, .host)
  var train: Artifact<Table>

  @Output("Rows to choose a round by; only when 'validate' is given.", at: .guest, .host)
  var validate: Artifact<Table>

  @Output("Rows to test on; only when 'test' or 'folds' is given.", at: .guest, .host)
  var test: Artifact<Table>

  // Three parameters are named as the outputs are; underscores in front are not part of a name.

  // swift-format-ignore: AlwaysUseLowerCamelCase
  @Param(
    "Rows to train on: a share below 1, or a number of rows. All others, unless given.",
    .atLeast(0))
  var __train: Double?

  // swift-format-ignore: AlwaysUseLowerCamelCase
  @Param("Rows to choose a round by: a share below 1, or a number of rows.", .atLeast(0))
  var __validate: Double?

  // swift-format-ignore: AlwaysUseLowerCamelCase
  @Param("Rows to test on: a share below 1, or a number of rows.", .atLeast(0))
  var __test: Double?

  @Param("Whether every side gets the same share of each label value.")
  var stratified: Bool = false

  @Param("What the choice of rows follows from, with their ids.")
  var seed: Int = 0

  @Param("Into how many folds the rows are dealt, for cross-validation.", .atLeast(2))
  var folds: Int?

  @Param("Which fold is for testing, from 0; the others are for training.", .atLeast(0))
  var fold: Int?

  func check(_ findings: inout ParameterFindings) {
    if folds != nil || fold != nil {
      checkFolds(&findings)
      return
    }
    guard __validate != nil || __test != nil else {
      findings.error(
        "test", "one of 'test', 'validate' and 'folds' must be given, but none is",
        hint: "test: 0.3")
      return
    }
    checkSizes(&findings)
  }

  private var sizes: [(name: String, size: Double)] {
    [("train", __train), ("validate", __validate), ("test", __test)].compactMap { name, size in
      size.map { (name, $0) }
    }
  }

  private func checkFolds(_ findings: inout ParameterFindings) {
    for (name, _) in sizes {
      findings.error(name, "'\(name)' cannot be given together with 'folds'")
    }
    switch (folds, fold) {
    case (let folds?, let fold?) where fold >= folds:
      findings.error("fold", "'fold' must be less than 'folds', but is \(fold) of \(folds)")
    case (nil, _): findings.error("fold", "'fold' needs 'folds': how many there are")
    case (_, nil): findings.error("folds", "'folds' needs 'fold': which one is for testing")
    default: break
    }
  }

  private func checkSizes(_ findings: inout ParameterFindings) {
    for (name, size) in sizes where size >= 1 && Int(exactly: size) == nil {
      findings.error(
        name, "'\(name)' must be a share below 1 or a whole number of rows, but is \(size)")
    }
    for (name, size) in sizes where !(size >= 0) {
      findings.error(name, "'\(name)' must be at least 0, but is \(shortNumber(size))")
    }
    let given = sizes.filter { $0.size != 0 }
    let shares = given.filter { $0.size < 1 }
    if shares.isEmpty {
      if stratified, let first = given.first {
        findings.error("stratified", "'stratified' needs shares, but '\(first.name)' is a count")
      }
    } else if shares.count < given.count {
      findings.error(
        shares[0].name,
        "shares and numbers of rows cannot be mixed, but '\(shares[0].name)' is a share",
        hint: "give all sizes as shares below 1, or all as numbers of rows")
    } else if shares.reduce(0, { $0 + $1.size }) > 1 + 1e-9 {
      findings.error(
        shares[shares.count - 1].name,
        "shares must sum to at most 1, but \(shares.map(\.name).joined(separator: " + ")) is more")
    }
  }

  func run(in task: some TaskContext) async throws {
    let rows = try await task.read(data)
    let split = try split(rows)
    try await write(split.train, of: rows, named: "train", to: train, in: task)
    if wants(__validate) {
      try await write(split.validate, of: rows, named: "validate", to: validate, in: task)
    }
    if wants(__test) || folds != nil {
      try await write(split.test, of: rows, named: "test", to: test, in: task)
    }
    task.log(
      "\(rows.rows) rows: \(split.train.count) train, \(split.validate.count) validate, \(split.test.count) test"
    )
  }

  private func wants(_ size: Double?) -> Bool { (size ?? 0) > 0 }

  private func write(
    _ chosen: [Int], of rows: Table, named name: String, to port: Artifact<Table>,
    in task: some TaskContext
  ) async throws {
    guard !chosen.isEmpty else {
      throw Failure(
        "split-empty",
        "'\(name)' must have rows, but gets none of the \(rows.rows) at \(task.party)",
        hint: "give a larger share, or another seed")
    }
    let image = rows.selecting(rows: chosen, workers: task.workers)
    try await task.write(try Table.opened(image), to: port)
  }

  /// Which rows go where.
  ///
  /// - Throws: `label-missing`, `split-too-few-rows`, `split-sizes`.
  func split(_ rows: Table) throws(Failure) -> RowSplit {
    let hashes = rows.rowHashes(seed: UInt64(bitPattern: Int64(seed)))
    let labels = try stratified ? labels(of: rows) : nil
    do {
      if let folds, let fold { return try folded(hashes, labels, folds, fold) }
      guard sizes.allSatisfy({ $0.size < 1 }) else {
        return try splitRows(
          hashes: hashes, train: __train.map { Int($0) }, validate: Int(__validate ?? 0),
          test: Int(__test ?? 0))
      }
      let shares = try shares()
      guard let labels else { return splitRows(hashes: hashes, shares: shares) }
      return splitRows(hashes: hashes, stratifiedBy: labels, shares: shares)
    } catch {
      throw error.failure
    }
  }

  private func shares() throws(SplitError) -> SplitShares {
    let (validate, test) = (__validate ?? 0, __test ?? 0)
    return try SplitShares(
      train: __train ?? max(0, 1 - validate - test), validate: validate, test: test)
  }

  private func folded(
    _ hashes: [UInt64], _ labels: [Double]?, _ folds: Int, _ fold: Int
  ) throws(SplitError) -> RowSplit {
    let dealt =
      if let labels {
        try foldRows(hashes: hashes, stratifiedBy: labels, folds: folds)
      } else {
        try foldRows(hashes: hashes, folds: folds)
      }
    return RowSplit(
      train: dealt.indices.filter { dealt[$0] != fold },
      test: dealt.indices.filter { dealt[$0] == fold })
  }

  private func labels(of rows: Table) throws(Failure) -> [Double] {
    guard let labels = rows.labels() else {
      throw Failure(
        "label-missing", "'stratified' needs labels, but the table has no label column",
        hint: "name it under 'label' of the reader, or leave 'stratified' out")
    }
    return labels
  }
}

extension SplitError {
  fileprivate var failure: Failure {
    switch self {
    case .tooFewRows(let asked, let found):
      Failure("split-too-few-rows", "\(asked) rows are asked for, but \(found) are there")
    case .shareOutOfRange, .sharesOverOne:
      Failure("split-sizes", "shares must each be at least 0 and sum to at most 1")
    case .negativeCount: Failure("split-sizes", "numbers of rows must be at least 0")
    case .tooFewFolds(let folds):
      Failure("split-sizes", "'folds' must be at least 2, but is \(folds)")
    }
  }
}
