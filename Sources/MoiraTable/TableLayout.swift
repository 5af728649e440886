/// Where each section of a table image lies. It follows from the counts in the header alone.
///
/// Sections in order, each at a multiple of 64, all numbers little-endian:
///
/// | Section | Holds |
/// |---|---|
/// | header | 64 bytes, see `TableHeader` |
/// | numeric | blocks of 512 rows; in a block, each numeric feature's 512 doubles together |
/// | label, weight | a double for each row, where the table has the column |
/// | codes | for each categorical feature an Int32 for each row; -1 is a missing value |
/// | missing | for each numeric feature, how many values are missing, as a UInt64 |
/// | id ends | rows + 1 UInt64: 0, then where each row's id ends in the next section |
/// | ids | the ids' UTF-8, one after another |
/// | schema | see `TableSchema+Image.swift` |
///
/// The numeric element (i, j) is at `(i / 512) · 512 · d + j · 512 + i % 512`: its place does not
/// depend on the number of rows, so that a reader of rows can write before it knows how many there are.
struct TableLayout: Hashable, Sendable {
  /// Rows in a block of numeric values.
  static let blockRows = 512
  static let rowLimit = 1 << 40
  static let columnLimit = 1 << 16
  static let idByteLimit = 1 << 46
  static let schemaByteLimit = 1 << 30

  let rows: Int
  let numericCount: Int
  let categoricalCount: Int
  let hasID: Bool
  let hasLabel: Bool
  let hasWeight: Bool
  let idByteCount: Int
  let schemaByteCount: Int

  let label: Int
  let weight: Int
  let codes: Int
  let missing: Int
  let idEnds: Int
  let ids: Int
  let schema: Int
  /// The length of the whole image.
  let byteCount: Int

  /// From a header's counts, which must be within the limits.
  init(_ header: TableHeader) {
    rows = Int(header.rows)
    numericCount = Int(header.numericCount)
    categoricalCount = Int(header.categoricalCount)
    hasID = header.flags & TableHeader.hasID != 0
    hasLabel = header.flags & TableHeader.hasLabel != 0
    hasWeight = header.flags & TableHeader.hasWeight != 0
    idByteCount = Int(header.idByteCount)
    schemaByteCount = Int(header.schemaByteCount)

    let blocks = Self.blocks(of: rows)
    label = Self.numeric + blocks * Self.blockRows * numericCount * 8
    weight = label + (hasLabel ? Self.aligned(rows * 8) : 0)
    codes = weight + (hasWeight ? Self.aligned(rows * 8) : 0)
    missing = codes + Self.aligned(rows * 4) * categoricalCount
    idEnds = missing + Self.aligned(numericCount * 8)
    ids = idEnds + (hasID ? Self.aligned((rows + 1) * 8) : 0)
    schema = ids + Self.aligned(idByteCount)
    byteCount = schema + Self.aligned(schemaByteCount)
  }

  /// For a table that has these columns.
  init(_ schema: TableSchema, rows: Int, idByteCount: Int, schemaByteCount: Int = 0) {
    self.init(
      TableHeader(
        schema, rows: rows, idByteCount: idByteCount, schemaByteCount: schemaByteCount))
  }

  /// Where the numeric section starts.
  static let numeric = TableHeader.byteCount

  /// How many blocks hold so many rows.
  static func blocks(of rows: Int) -> Int { (rows + blockRows - 1) / blockRows }

  static func aligned(_ count: Int) -> Int { (count + 63) & ~63 }

  var blocks: Int { Self.blocks(of: rows) }

  /// How many doubles the numeric section holds, the padding of the last block included.
  var numericValues: Int { blocks * Self.blockRows * numericCount }

  /// Where a categorical feature's codes start.
  func codes(of column: Int) -> Int { codes + Self.aligned(rows * 4) * column }

  /// Where numeric element (row, column) stands among the doubles of the numeric section.
  static func element(_ row: Int, _ column: Int, of columns: Int) -> Int {
    (row / blockRows * columns + column) * blockRows + row % blockRows
  }
}

/// The one bit pattern that stands for a missing double: 0x7FF8000000000000.
let missingValue = Double(bitPattern: 0x7FF8_0000_0000_0000)
