internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Takes some of a party's rows.
///
/// Without replacement the rows of the least id hashes under the seed are taken, so that a row which
/// is taken stays taken when the share grows. With replacement the draws follow from seed and party,
/// and the second copy of row `a` is called `a#2`. Nothing leaves the party.
struct Sample: Component {
  static let card = ComponentCard(
    "sample", version: 1, roles: [.guest, .host],
    summary: "Takes some of a party's rows: a share, a number, or a share of each label.")

  @Input("The rows to take from.", at: .guest, .host) var data: Artifact<Table>
  @Output("The rows that were taken, in their order.", at: .guest, .host)
  var table: Artifact<Table>

  @Param("The share of the rows; above 1 with 'replace' only.", .moreThan(0)) var share: Double?
  @Param("A share for each label value; rows of other labels are left out.", .atLeast(0))
  var shares: [String: Double]?
  @Param("The number of rows.", .atLeast(1)) var count: Int?
  @Param("Whether a row may be taken more than once.") var replace: Bool = false
  @Param("What the choice follows from, with the ids or the party.") var seed: Int = 0

  func check(_ findings: inout ParameterFindings) {
    let given = [
      ("share", share != nil), ("shares", shares != nil), ("count", count != nil),
    ].filter(\.1).map(\.0)
    if given.count != 1 {
      findings.error(
        given.last ?? "share",
        "one of 'share', 'shares' and 'count' must be given, but \(given.isEmpty ? "none is" : "\(given.count) are")",
        hint: "share: 0.5")
    }
    if replace { return }
    if let share, share > 1 {
      findings.error("share", "'share' above 1 needs 'replace', but is \(shortNumber(share))")
    }
    for (label, share) in (shares ?? [:]).sorted(by: { $0.key < $1.key }) where share > 1 {
      findings.error(
        "shares", "'shares.\(label)' above 1 needs 'replace', but is \(shortNumber(share))")
    }
  }

  func run(in task: some TaskContext) async throws {
    let rows = try await task.read(data)
    let chosen = try chosen(of: rows, party: task.party)
    guard !chosen.isEmpty else {
      throw Failure(
        "split-empty",
        "a sample must have rows, but gets none of the \(rows.rows) at \(task.party)",
        hint: "give a larger share")
    }
    let image = rows.selecting(rows: chosen, workers: task.workers)
    try await task.write(try Table.opened(image), to: table)
    task.log("\(chosen.count) of \(rows.rows) rows")
  }

  /// The rows that are taken, in ascending order.
  ///
  /// - Throws: `split-too-few-rows`, `label-missing`, `class-unknown`.
  func chosen(of rows: Table, party: PartyID) throws(Failure) -> [Int] {
    var chooser = RowChooser(rows, seed: seed, party: party, replace: replace)
    guard let shares else {
      let wanted = count ?? Int((Double(rows.rows) * (share ?? 1)).rounded())
      return try chooser.take(wanted, of: Array(0..<rows.rows)).sorted()
    }
    let groups = try Self.groups(of: rows)
    if let wrong = shares.keys.sorted().first(where: { groups[$0] == nil }) {
      throw Failure(
        "class-unknown", "no row at \(party) has the label '\(wrong)' of 'shares'",
        hint: "labels are \(groups.keys.sorted().prefix(12).joined(separator: ", "))")
    }
    var chosen: [Int] = []
    for (label, share) in shares.sorted(by: { $0.key < $1.key }) {
      let group = groups[label] ?? []
      chosen += try chooser.take(Int((Double(group.count) * share).rounded()), of: group)
    }
    return chosen.sorted()
  }

  /// The rows of each label, by the label as it is written.
  private static func groups(of rows: Table) throws(Failure) -> [String: [Int]] {
    guard let labels = rows.labels(), let label = rows.schema.label else {
      throw Failure(
        "label-missing", "'shares' needs labels, but the table has no label column",
        hint: "name it under 'label' of the reader, or give 'share'")
    }
    var groups: [String: [Int]] = [:]
    for (row, value) in labels.enumerated() where !value.isNaN {
      let name = label.kind.levels.map { $0[Int(value)] } ?? shortNumber(value)
      groups[name, default: []].append(row)
    }
    return groups
  }
}

/// Chooses rows, the same ones for the same seed.
private struct RowChooser {
  private let hashes: [UInt64]
  private let replace: Bool
  private var generator: SeededGenerator

  init(_ rows: Table, seed: Int, party: PartyID, replace: Bool) {
    let seed = UInt64(bitPattern: Int64(seed))
    hashes = replace ? [] : rows.rowHashes(seed: seed)
    self.replace = replace
    generator = SeededGenerator(seed: XXHash64.hash(party.text, seed: seed))
  }

  mutating func take(_ count: Int, of group: [Int]) throws(Failure) -> [Int] {
    if replace {
      guard !group.isEmpty || count == 0 else {
        throw Failure("split-too-few-rows", "\(count) rows are asked for, but none are there")
      }
      return (0..<count).map { _ in group[Int.random(in: 0..<group.count, using: &generator)] }
    }
    guard count <= group.count else {
      throw Failure(
        "split-too-few-rows", "\(count) rows are asked for, but \(group.count) are there",
        hint: "'replace: true' takes rows more than once")
    }
    let ordered = group.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
    return Array(ordered.prefix(count))
  }
}
