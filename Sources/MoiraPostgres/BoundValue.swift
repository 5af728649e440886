/// A value that is bound to a statement, in PostgreSQL's binary form.
enum BoundValue {
  case none
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
  case integers([Int64])
  case texts([String])

  /// Nil is NULL.
  var encoded: [UInt8]? {
    switch self {
    case .none: nil
    case .integer(let number): bigEndian(number)
    case .text(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    case .integers(let numbers): Self.array(of: 20, numbers.map(bigEndian))
    case .texts(let texts): Self.array(of: 25, texts.map { Array($0.utf8) })
    }
  }

  /// One dimension from 1 on, without NULLs, as `array_recv` takes it.
  ///
  /// - Parameter type: the elements' number in `pg_type`: 20 is bigint, 25 is text.
  private static func array(of type: Int32, _ elements: [[UInt8]]) -> [UInt8] {
    let dimensions: [Int32] = elements.isEmpty ? [] : [Int32(elements.count), 1]
    let head: [Int32] = [elements.isEmpty ? 0 : 1, 0, type] + dimensions
    return elements.reduce(into: head.flatMap(bigEndian)) { bytes, element in
      bytes += bigEndian(Int32(element.count))
      bytes += element
    }
  }
}

private func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.bigEndian) { Array($0) }
}
