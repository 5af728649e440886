public import MoiraModel

/// Why bytes are not a table image that can be opened.
public enum TableImageError: Error, Hashable, Sendable {
  /// The first bytes are not those of a table image.
  case notATable
  /// Written by another version of Moira.
  case unknownVersion(found: UInt32, known: UInt32)
  /// The bytes do not start at a multiple of 64.
  case misaligned
  /// Fewer or more bytes than the header says.
  case length(expected: Int, found: Int)
  /// A count in the header is over its limit.
  case overLimit(Limit, found: UInt64)
  /// Header or schema are not those that were written.
  case headerChecksum
  case schema(WireError)
  /// The schema has other columns than the header counts.
  case schemaDisagrees
  /// Two columns with one name.
  case duplicateColumn(String)
  /// The text of this row's id would start before the last one's end, or end beyond the section.
  case idOffset(row: Int)
  /// A code that is not the index of a level.
  case codeOutOfRange(column: String, row: Int)

  public enum Limit: String, Sendable {
    case rows, columns, idBytes, schemaBytes
  }
}
