/// A table image while it is being filled.
///
/// The sections up to the ids are in place from the start; levels and the ids' total length may
/// become known at the end only. `finish` writes what follows from the rest: schema, padding, header.
struct TableDraft {
  private(set) var layout: TableLayout
  private(set) var image: AlignedBytes

  /// For a table whose schema, levels included, is known.
  init(_ schema: TableSchema, rows: Int, idByteCount: Int) {
    layout = TableLayout(
      schema, rows: rows, idByteCount: idByteCount, schemaByteCount: schema.imageBytes.count)
    image = AlignedBytes(uninitialized: layout.byteCount)
  }

  /// For a table whose levels are not known yet, and whose ids have at most so many bytes.
  init(columns schema: TableSchema, rows: Int, idByteCapacity: Int) {
    layout = TableLayout(schema, rows: rows, idByteCount: idByteCapacity)
    image = AlignedBytes(uninitialized: layout.byteCount + Self.schemaRoom)
  }

  /// Bytes kept for a schema that is not known yet; a longer one costs a copy of the image.
  static let schemaRoom = 1 << 20

  var numeric: UnsafeMutablePointer<Double> { section(TableLayout.numeric) }
  var labels: UnsafeMutablePointer<Double> { section(layout.label) }
  var weights: UnsafeMutablePointer<Double> { section(layout.weight) }
  var missing: UnsafeMutablePointer<UInt64> { section(layout.missing) }
  var idEnds: UnsafeMutablePointer<UInt64> { section(layout.idEnds) }
  var ids: UnsafeMutablePointer<UInt8> { section(layout.ids) }
  func codes(_ column: Int) -> UnsafeMutablePointer<Int32> { section(layout.codes(of: column)) }

  /// Where a column's piece of a block starts.
  func piece(block: Int, column: Int) -> UnsafeMutablePointer<Double> {
    numeric + (block * layout.numericCount + column) * TableLayout.blockRows
  }

  private func section<Value>(_ offset: Int) -> UnsafeMutablePointer<Value> {
    (image.mutableBytes + offset).assumingMemoryBound(to: Value.self)
  }

  /// Completes the image. Everything up to the ids must have been written.
  consuming func finish(_ schema: TableSchema, idByteCount: Int? = nil) -> AlignedBytes {
    let text = schema.imageBytes
    layout = TableLayout(
      schema, rows: layout.rows, idByteCount: idByteCount ?? layout.idByteCount,
      schemaByteCount: text.count)
    if layout.byteCount > image.capacity { moveToLargerImage() }
    image.truncate(to: layout.byteCount)
    text.withUnsafeBytes { raw in
      if let base = raw.baseAddress {
        (image.mutableBytes + layout.schema).copyMemory(from: base, byteCount: raw.count)
      }
    }
    clearPadding()
    TableHeader(
      schema, rows: layout.rows, idByteCount: layout.idByteCount, schemaByteCount: text.count
    ).write(to: image.mutableBytes)
    return image
  }

  private mutating func moveToLargerImage() {
    let larger = AlignedBytes(uninitialized: layout.byteCount)
    larger.mutableBytes.copyMemory(from: image.mutableBytes, byteCount: layout.schema)
    image = larger
  }

  /// Zeroes what no value fills, so that equal tables are equal bytes.
  private func clearPadding() {
    let filled = layout.rows % TableLayout.blockRows
    if filled > 0 {
      for column in 0..<layout.numericCount {
        (piece(block: layout.blocks - 1, column: column) + filled)
          .update(repeating: 0, count: TableLayout.blockRows - filled)
      }
    }
    if layout.hasLabel { pad(layout.label, layout.rows * 8) }
    if layout.hasWeight { pad(layout.weight, layout.rows * 8) }
    for column in 0..<layout.categoricalCount { pad(layout.codes(of: column), layout.rows * 4) }
    pad(layout.missing, layout.numericCount * 8)
    if layout.hasID { pad(layout.idEnds, (layout.rows + 1) * 8) }
    pad(layout.ids, layout.idByteCount)
    pad(layout.schema, layout.schemaByteCount)
  }

  private func pad(_ start: Int, _ count: Int) {
    let used = start + count
    (image.mutableBytes + used).initializeMemory(
      as: UInt8.self, repeating: 0, count: start + TableLayout.aligned(count) - used)
  }
}
