internal import CZlib
internal import MoiraTable

/// Why a gzip file cannot be unpacked.
enum InflationFault: Error, Hashable {
  case damaged
  case endsEarly
  case overLimit(Int)

  var reason: String {
    switch self {
    case .damaged: "its gzip data are damaged"
    case .endsEarly: "its gzip data end too early"
    case .overLimit(let limit): "unpacked it has more than \(limit) bytes"
    }
  }
}

/// Unpacks gzip files (RFC 1952), of several members too.
enum Inflation {
  /// The most bytes that a file may unpack to.
  static let limit = 64 << 30
  /// zlib counts in 32 bits.
  private static let pieceLimit = 1 << 30
  private static let gzipWindow: Int32 = 15 + 16
  /// No deflate stream is packed tighter than this.
  private static let highestRatio = 1032

  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  static func inflate(
    _ packed: UnsafeRawBufferPointer, limit: Int = Self.limit
  ) throws(InflationFault) -> any TableBytes {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .damaged }
    defer { inflateEnd(&stream) }
    let output = GrowingBytes(capacity: min(firstCapacity(packed), limit), limit: limit)
    var position = 0
    while true {
      let status = try step(&stream, packed, &position, output)
      if status == Z_STREAM_END {
        // What follows the last member may be filled up with zeros, as tapes are.
        if packed[position...].allSatisfy({ $0 == 0 }) { return output }
        guard isGzip(UnsafeRawBufferPointer(rebasing: packed[position...])) else { throw .damaged }
        inflateReset(&stream)
      } else if status != Z_OK, status != Z_BUF_ERROR {
        throw .damaged
      } else if position == packed.count, output.hasRoom {
        throw .endsEarly
      }
    }
  }

  private static func step(
    _ stream: inout z_stream, _ packed: UnsafeRawBufferPointer, _ position: inout Int,
    _ output: GrowingBytes
  ) throws(InflationFault) -> Int32 {
    if !output.hasRoom, !output.grow() { throw .overLimit(output.limit) }
    let input = UnsafeRawBufferPointer(rebasing: packed[position...].prefix(pieceLimit))
    let room = output.room.prefix(pieceLimit)
    stream.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(input.count)
    stream.next_out = UnsafeMutableRawBufferPointer(rebasing: room).baseAddress?
      .assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(room.count)
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    position += input.count - Int(stream.avail_in)
    output.count += room.count - Int(stream.avail_out)
    if output.count > output.limit { throw .overLimit(output.limit) }
    return status
  }

  /// What the file's last four bytes say, if that is possible at all.
  private static func firstCapacity(_ packed: UnsafeRawBufferPointer) -> Int {
    guard packed.count >= 18 else { return 64 }
    let said = packed.loadUnaligned(fromByteOffset: packed.count - 4, as: UInt32.self)
    return min(Int(UInt32(littleEndian: said)), packed.count * highestRatio) + 64
  }
}

/// Bytes that are filled from the front, and moved to twice the room when it runs out.
///
/// `@unchecked Sendable`: filled by one call, and read only after that.
private final class GrowingBytes: TableBytes, @unchecked Sendable {
  let limit: Int
  var count = 0
  private var bytes: UnsafeMutableRawBufferPointer

  init(capacity: Int, limit: Int) {
    self.limit = limit
    bytes = .allocate(byteCount: max(capacity, 1), alignment: AlignedBytes.alignment)
  }

  deinit { bytes.deallocate() }

  var hasRoom: Bool { count < bytes.count }
  var room: Slice<UnsafeMutableRawBufferPointer> { bytes[count...] }

  /// False when there is no more to be had.
  func grow() -> Bool {
    guard bytes.count <= limit else { return false }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(bytes.count * 2, limit + 1), alignment: AlignedBytes.alignment)
    larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
    bytes.deallocate()
    bytes = larger
    return true
  }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
  }
}
