import MoiraModel

/// Rows of one party: features, and where there are any ids, labels and weights.
///
/// A view of a table image (`TableLayout` has the format) that lies in memory or in a mapped file;
/// opening copies nothing but the schema. Numeric features lie in blocks of `blockRows` rows, so
/// that a pass over rows and a pass over one column both read memory in order.
public struct Table: Sendable {
  /// Rows in a block of numeric values.
  public static let blockRows = TableLayout.blockRows

  public let schema: TableSchema
  public let rows: Int
  /// The names of the numeric features, in the order of the blocks.
  public let numericFeatures: [String]
  /// The categorical features, in the order of `categoricalCodes(_:)`.
  public let categoricalFeatures: [FeatureSchema]

  let owner: any TableBytes
  let layout: TableLayout
  /// All the bytes. `nonisolated(unsafe)`: they do not change, and `owner` keeps them.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Opens an image, and checks everything that a reader relies on.
  ///
  /// - Complexity: O(rows) when there are ids or categorical columns, else O(columns).
  /// - Throws: `TableImageError`; no content whatever makes it trap.
  public init(_ owner: any TableBytes) throws(TableImageError) {
    let bytes = owner.withBytes { $0 }
    if let base = bytes.baseAddress, Int(bitPattern: base) % AlignedBytes.alignment != 0 {
      throw .misaligned
    }
    let header = try TableHeader(checking: bytes)
    let layout = TableLayout(header)
    let schema = try Self.schema(in: bytes, layout)
    guard header == TableHeader(schema, like: layout) else { throw .schemaDisagrees }
    if let twice = schema.duplicateColumn { throw .duplicateColumn(twice) }
    self.owner = owner
    self.bytes = bytes
    self.layout = layout
    self.schema = schema
    rows = layout.rows
    numericFeatures = schema.numericFeatures
    categoricalFeatures = schema.categoricalFeatures
    try checkIDs()
    try checkCodes()
    try checkLabels()
    withExtendedLifetime(owner) {}
  }

  /// The bytes that the table is a view of.
  public var image: any TableBytes { owner }

  /// The value that stands for a missing double.
  public static var missing: Double { missingValue }

  private static func schema(
    in bytes: UnsafeRawBufferPointer, _ layout: TableLayout
  ) throws(TableImageError) -> TableSchema {
    let section = Array(bytes[layout.schema..<layout.schema + layout.schemaByteCount])
    do {
      var reader = ByteReader(section)
      let schema = try TableSchema(from: &reader)
      try reader.expectEnd()
      return schema
    } catch {
      throw .schema(error)
    }
  }

  private func checkIDs() throws(TableImageError) {
    guard layout.hasID else { return }
    let ends = words(at: layout.idEnds, count: rows + 1)
    guard ends[0] == 0 else { throw .idOffset(row: 0) }
    var isAscending = true
    for row in 0..<rows where ends[row] > ends[row + 1] { isAscending = false }
    if isAscending, ends[rows] == UInt64(layout.idByteCount) { return }
    for row in 0..<rows where ends[row] > ends[row + 1] { throw .idOffset(row: row) }
    throw .idOffset(row: rows)
  }

  private func checkCodes() throws(TableImageError) {
    for (column, feature) in categoricalFeatures.enumerated() {
      let levels = Int32(clamping: feature.kind.levels?.count ?? 0)
      let codes = codeBuffer(column)
      var allKnown = true
      for code in codes where code < -1 || code >= levels { allKnown = false }
      if allKnown { continue }
      let row = codes.firstIndex { $0 < -1 || $0 >= levels }
      throw .codeOutOfRange(column: feature.name, row: row ?? 0)
    }
  }

  /// A categorical label is a level's index or missing.
  private func checkLabels() throws(TableImageError) {
    guard let label = schema.label, let levels = label.kind.levels else { return }
    let values = doubles(at: layout.label, count: rows)
    let count = Double(levels.count)
    let wrong = values.firstIndex {
      !($0.isNaN || ($0 >= 0 && $0 < count && $0.rounded(.towardZero) == $0))
    }
    if let wrong { throw .codeOutOfRange(column: label.name, row: wrong) }
  }
}

extension TableHeader {
  /// The header that a schema asks for, with the sizes of a layout.
  fileprivate init(_ schema: TableSchema, like layout: TableLayout) {
    self.init(
      schema, rows: layout.rows, idByteCount: layout.idByteCount,
      schemaByteCount: layout.schemaByteCount)
  }
}

// The sections in place. Valid while `owner` lives; the checks on opening keep them within bounds.
extension Table {
  func doubles(at offset: Int, count: Int) -> UnsafeBufferPointer<Double> {
    section(at: offset, count: count)
  }

  func words(at offset: Int, count: Int) -> UnsafeBufferPointer<UInt64> {
    section(at: offset, count: count)
  }

  func codeBuffer(_ column: Int) -> UnsafeBufferPointer<Int32> {
    section(at: layout.codes(of: column), count: rows)
  }

  private func section<Value>(at offset: Int, count: Int) -> UnsafeBufferPointer<Value> {
    guard count > 0, let base = bytes.baseAddress else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(
      start: (base + offset).assumingMemoryBound(to: Value.self), count: count)
  }
}
