import MoiraModel
import Testing

@testable import MoiraTable

/// Bytes of a test's own making, at the right or at a wrong place.
private final class Placed: TableBytes {
  private let owner: AlignedBytes
  private let shift: Int

  init(_ owner: AlignedBytes, shift: Int) {
    self.owner = owner
    self.shift = shift
  }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try owner.withBytes { all throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: all[shift...]))
    }
  }
}

/// Touches everything that a reader can reach.
private func readAll(_ table: Table) -> Int {
  var sum = 0
  for column in table.numericFeatures.indices {
    sum += table.numericColumn(column).count + min(table.missingCount(column), 1)
  }
  for (column, feature) in table.categoricalFeatures.enumerated() {
    for code in table.categoricalCodes(column) where code >= 0 {
      sum += feature.kind.levels?[Int(code)].count ?? 0
    }
  }
  for row in 0..<table.rows { sum += table.id(at: row)?.utf8.count ?? 0 }
  sum += csvBytes(of: table).count
  return sum + table.selecting(rows: Array(0..<table.rows)).count
}

struct TableImageTests {
  private let good: [UInt8]

  init() throws { good = try mixedTable(rows: 5).selecting(rows: [0, 1, 2, 3, 4]).array }

  private func error(_ bytes: [UInt8]) -> TableImageError? {
    do {
      _ = try Table(AlignedBytes(bytes))
      return nil
    } catch {
      return error
    }
  }

  private func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) -> [UInt8] {
    var bytes = good
    withUnsafeBytes(of: value.littleEndian) { raw in
      for (index, byte) in raw.enumerated() { bytes[offset + index] = byte }
    }
    return bytes
  }

  @Test func `the image that was written can be read`() throws {
    #expect(error(good) == nil)
    #expect(readAll(try Table(AlignedBytes(good))) > 0)
    #expect(good.count % 64 == 0)
  }

  @Test func `every truncation is refused`() {
    for length in 0..<good.count {
      let found = error(Array(good[..<length]))
      #expect(found != nil, "length \(length)")
    }
    #expect(error([]) == .notATable)
    #expect(error(Array(good[..<8])) == .length(expected: 64, found: 8))
    #expect(
      error(Array(good[..<(good.count - 64)]))
        == .length(expected: good.count, found: good.count - 64))
    #expect(error(good + [0]) == .length(expected: good.count, found: good.count + 1))
  }

  @Test func `another version is refused by its number`() {
    #expect(error(put(UInt32(2), at: 8)) == .unknownVersion(found: 2, known: 1))
  }

  @Test func `counts over their limit are refused before anything is reckoned with them`() {
    #expect(error(put(UInt64.max, at: 16)) == .overLimit(.rows, found: .max))
    #expect(error(put(UInt32.max, at: 24)) == .overLimit(.columns, found: UInt64(UInt32.max) + 2))
    #expect(error(put(UInt64.max, at: 32)) == .overLimit(.idBytes, found: .max))
    #expect(error(put(UInt64.max, at: 40)) == .overLimit(.schemaBytes, found: .max))
  }

  @Test func `any changed byte of header or schema is refused`() throws {
    let layout = TableLayout(
      try good.withUnsafeBytes { raw throws(TableImageError) in try TableHeader(checking: raw) })
    let offsets = Array(0..<64) + Array(layout.schema..<layout.schema + layout.schemaByteCount)
    for offset in offsets {
      for flip in [1, 0x80] as [UInt8] {
        var bytes = good
        bytes[offset] ^= flip
        #expect(error(bytes) != nil, "offset \(offset)")
      }
    }
  }

  @Test(arguments: 0..<600 as Range<UInt64>)
  func `damage that fits the checksum never traps`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var bytes = good
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      bytes[Int.random(in: 12..<bytes.count, using: &generator)] = UInt8.random(
        in: 0...255, using: &generator)
    }
    resign(&bytes)
    if let table = try? Table(AlignedBytes(bytes)) { #expect(readAll(table) > 0) }
  }

  /// Makes header and checksum fit what was damaged, where the counts still allow it.
  private func resign(_ bytes: inout [UInt8]) {
    func word(_ offset: Int) -> UInt64 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }
    let schema = Int(clamping: word(40))
    let start = bytes.count - TableLayout.aligned(min(schema, bytes.count))
    guard start >= 64, schema <= bytes.count - start else { return }
    let checksum = bytes.withUnsafeBytes { raw in
      XXHash64.hash(
        UnsafeRawBufferPointer(rebasing: raw[start..<start + schema]),
        seed: XXHash64.hash(UnsafeRawBufferPointer(rebasing: raw[0..<56])))
    }
    withUnsafeBytes(of: checksum) {
      for (index, byte) in $0.enumerated() { bytes[56 + index] = byte }
    }
  }

  @Test func `lying id ends, codes and labels are named`() throws {
    let layout = TableLayout(
      try good.withUnsafeBytes { raw throws(TableImageError) in try TableHeader(checking: raw) })
    #expect(error(put(UInt64(1), at: layout.idEnds)) == .idOffset(row: 0))
    #expect(error(put(UInt64.max, at: layout.idEnds + 16)) == .idOffset(row: 2))
    #expect(error(put(UInt64(layout.idByteCount + 1), at: layout.idEnds + 40)) == .idOffset(row: 5))
    #expect(
      error(put(Int32(3), at: layout.codes + 8)) == .codeOutOfRange(column: "colour", row: 2))
    #expect(
      error(put(Int32(-2), at: layout.codes(of: 1))) == .codeOutOfRange(column: "size", row: 0))
    for label in [-1.0, 3, 0.5, .infinity] {
      #expect(
        error(put(label.bitPattern, at: layout.label + 8)) == .codeOutOfRange(column: "y", row: 1))
    }
  }

  @Test func `bytes at an odd address are refused`() throws {
    let moved = AlignedBytes([UInt8](repeating: 0, count: 8) + good)
    #expect(throws: TableImageError.misaligned) { try Table(Placed(moved, shift: 8)) }
  }

  @Test func `a column beside the schema is refused though the checksum fits`() {
    var bytes = put(UInt32(0), at: 12)
    resign(&bytes)
    #expect(error(bytes) != nil)
    bytes = put(UInt32(15), at: 12)
    resign(&bytes)
    #expect(error(bytes) == .schemaDisagrees)
  }
}
