/// A message between parties, as bytes. One enum per protocol.
///
/// Little-endian, length-prefixed, hand-written: every length is checked against what is left
/// before anything is allocated.
public protocol WireMessage: Sendable {
  func encode(into writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(WireError)
}

extension WireMessage {
  public var wireBytes: [UInt8] {
    var writer = ByteWriter()
    encode(into: &writer)
    return writer.bytes
  }

  /// Reads one message that takes up all the bytes.
  public init(wireBytes bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    try self.init(from: &reader)
    try reader.expectEnd()
  }
}

/// Why bytes are not the message that they should be.
public enum WireError: Error, Hashable, Sendable {
  case endsEarly
  case lengthOverLimit(Int)
  case unknownCase(UInt8)
  case unknownVersion(UInt8)
  case notUTF8
  case trailingBytes(Int)
}

/// Appends fixed-width little-endian values and length-prefixed sequences.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }
  public mutating func write(_ byte: UInt8) { bytes.append(byte) }

  public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func write(_ value: Double) { write(value.bitPattern) }
  public mutating func write(_ flag: Bool) { write(UInt8(flag ? 1 : 0)) }

  public mutating func write(_ text: String) { write(Array(text.utf8)) }

  public mutating func write(_ raw: [UInt8]) {
    write(UInt32(raw.count))
    bytes.append(contentsOf: raw)
  }

  public mutating func write(_ words: [UInt64]) { writeWords(words) }

  public mutating func write(_ values: [Double]) { writeWords(values.map(\.bitPattern)) }

  private mutating func writeWords(_ words: [UInt64]) {
    write(UInt32(words.count))
    reserve(words.count * 8)
    #if _endian(little)
      words.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      for word in words { write(word) }
    #endif
  }
}

/// Reads what `ByteWriter` wrote, and trusts nothing.
public struct ByteReader: Sendable {
  /// The longest sequence that a message may hold, in bytes.
  public static let lengthLimit = 1 << 30

  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var remaining: Int { bytes.count - position }

  public func expectEnd() throws(WireError) {
    if remaining > 0 { throw .trailingBytes(remaining) }
  }

  public mutating func byte() throws(WireError) -> UInt8 {
    guard remaining >= 1 else { throw .endsEarly }
    defer { position += 1 }
    return bytes[position]
  }

  public mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(WireError) -> Value {
    let width = MemoryLayout<Value>.size
    guard remaining >= width else { throw .endsEarly }
    defer { position += width }
    return bytes.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Value.self))
    }
  }

  public mutating func double() throws(WireError) -> Double {
    Double(bitPattern: try integer(UInt64.self))
  }

  public mutating func bool() throws(WireError) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    case let other: throw .unknownCase(other)
    }
  }

  public mutating func string() throws(WireError) -> String {
    guard let text = String(validating: try byteArray(), as: UTF8.self) else { throw .notUTF8 }
    return text
  }

  public mutating func byteArray() throws(WireError) -> [UInt8] {
    let count = try length(of: 1)
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  public mutating func words() throws(WireError) -> [UInt64] {
    let count = try length(of: 8)
    defer { position += count * 8 }
    return bytes.withUnsafeBytes { raw in
      (0..<count).map {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position + $0 * 8, as: UInt64.self))
      }
    }
  }

  public mutating func doubles() throws(WireError) -> [Double] {
    try words().map(Double.init(bitPattern:))
  }

  /// Reads a count, and checks that so many elements of `width` bytes are there.
  public mutating func length(of width: Int) throws(WireError) -> Int {
    let count = Int(try integer(UInt32.self))
    guard count * width <= Self.lengthLimit else { throw .lengthOverLimit(count) }
    guard remaining >= count * width else { throw .endsEarly }
    return count
  }
}
