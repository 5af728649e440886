/// The first 64 bytes of a table image.
///
/// | Offset | Holds |
/// |---|---|
/// | 0 | "MOIRATBL" |
/// | 8 | version, UInt32 |
/// | 12 | flags, UInt32: 1 has ids, 2 has labels, 4 has weights |
/// | 16 | rows, UInt64 |
/// | 24 | numeric features, UInt32 |
/// | 28 | categorical features, UInt32 |
/// | 32 | bytes of ids, UInt64 |
/// | 40 | bytes of schema, UInt64 |
/// | 48 | bytes of the whole image, UInt64 |
/// | 56 | xxHash64 of the schema's bytes, seeded with the xxHash64 of the 56 bytes above |
struct TableHeader: Hashable, Sendable {
  static let byteCount = 64
  static let version: UInt32 = 1
  static let magic: UInt64 = 0x4C42_5441_5249_4F4D

  static let hasID: UInt32 = 1
  static let hasLabel: UInt32 = 2
  static let hasWeight: UInt32 = 4

  var flags: UInt32
  var rows: UInt64
  var numericCount: UInt32
  var categoricalCount: UInt32
  var idByteCount: UInt64
  var schemaByteCount: UInt64

  init(_ schema: TableSchema, rows: Int, idByteCount: Int, schemaByteCount: Int) {
    flags =
      (schema.id == nil ? 0 : Self.hasID) | (schema.label == nil ? 0 : Self.hasLabel)
      | (schema.weight == nil ? 0 : Self.hasWeight)
    self.rows = UInt64(rows)
    let numeric = schema.features.count { $0.kind == .numeric }
    numericCount = UInt32(numeric)
    categoricalCount = UInt32(schema.features.count - numeric)
    self.idByteCount = UInt64(idByteCount)
    self.schemaByteCount = UInt64(schemaByteCount)
  }

  /// Reads a header, and checks all that it says against the bytes that are there.
  init(checking bytes: UnsafeRawBufferPointer) throws(TableImageError) {
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    func half(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    guard bytes.count >= 8, word(0) == Self.magic else { throw .notATable }
    guard bytes.count >= Self.byteCount else {
      throw .length(expected: Self.byteCount, found: bytes.count)
    }
    guard half(8) == Self.version else {
      throw .unknownVersion(found: half(8), known: Self.version)
    }
    flags = half(12)
    rows = word(16)
    numericCount = half(24)
    categoricalCount = half(28)
    idByteCount = word(32)
    schemaByteCount = word(40)
    try checkLimits()
    let layout = TableLayout(self)
    guard layout.byteCount == bytes.count, word(48) == UInt64(bytes.count) else {
      throw .length(expected: layout.byteCount, found: bytes.count)
    }
    let schema = UnsafeRawBufferPointer(
      rebasing: bytes[layout.schema..<layout.schema + layout.schemaByteCount])
    guard word(56) == Self.checksum(of: bytes, schema: schema) else { throw .headerChecksum }
  }

  /// Keeps every sum and product of the layout far from overflow.
  private func checkLimits() throws(TableImageError) {
    if rows > UInt64(TableLayout.rowLimit) { throw .overLimit(.rows, found: rows) }
    let columns = UInt64(numericCount) + UInt64(categoricalCount)
    if columns > UInt64(TableLayout.columnLimit) { throw .overLimit(.columns, found: columns) }
    if idByteCount > UInt64(TableLayout.idByteLimit) {
      throw .overLimit(.idBytes, found: idByteCount)
    }
    if schemaByteCount > UInt64(TableLayout.schemaByteLimit) {
      throw .overLimit(.schemaBytes, found: schemaByteCount)
    }
  }

  /// Writes the header, and after all else stands in the image.
  func write(to start: UnsafeMutableRawPointer) {
    let layout = TableLayout(self)
    func put<Value: FixedWidthInteger>(_ value: Value, _ offset: Int) {
      start.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }
    put(Self.magic, 0)
    put(Self.version, 8)
    put(flags, 12)
    put(rows, 16)
    put(numericCount, 24)
    put(categoricalCount, 28)
    put(idByteCount, 32)
    put(schemaByteCount, 40)
    put(UInt64(layout.byteCount), 48)
    let image = UnsafeRawBufferPointer(start: start, count: layout.byteCount)
    let schema = UnsafeRawBufferPointer(
      rebasing: image[layout.schema..<layout.schema + layout.schemaByteCount])
    put(Self.checksum(of: image, schema: schema), 56)
  }

  private static func checksum(
    of image: UnsafeRawBufferPointer, schema: UnsafeRawBufferPointer
  ) -> UInt64 {
    let own = XXHash64.hash(UnsafeRawBufferPointer(rebasing: image[0..<56]))
    return XXHash64.hash(schema, seed: own)
  }
}
