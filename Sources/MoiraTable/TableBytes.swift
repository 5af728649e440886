/// Bytes that stay where they are for as long as their owner lives: a memory map, or `AlignedBytes`.
///
/// A table keeps the owner and reads the bytes in place. So they start at a multiple of 64 (a page
/// does), are the same ones at every call, and do not change once a table is open.
public protocol TableBytes: AnyObject, Sendable {
  /// Lends all the bytes.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result
}

/// Bytes in memory that start at a multiple of 64.
///
/// `@unchecked Sendable`: written only by whoever made it, before it is handed out; read from then on.
public final class AlignedBytes: TableBytes, @unchecked Sendable {
  public static let alignment = 64

  private let start: UnsafeMutableRawPointer
  /// What was allocated; pages never written to cost nothing.
  let capacity: Int
  public private(set) var count: Int

  /// Bytes whose content is not set yet.
  init(uninitialized capacity: Int) {
    self.capacity = max(capacity, 1)
    count = capacity
    start = .allocate(byteCount: self.capacity, alignment: Self.alignment)
  }

  /// A copy of the given bytes.
  public convenience init(copying source: UnsafeRawBufferPointer) {
    self.init(uninitialized: source.count)
    if let base = source.baseAddress { start.copyMemory(from: base, byteCount: source.count) }
  }

  public convenience init(_ bytes: [UInt8]) {
    self.init(uninitialized: bytes.count)
    bytes.withUnsafeBytes { raw in
      if let base = raw.baseAddress { start.copyMemory(from: base, byteCount: raw.count) }
    }
  }

  deinit { start.deallocate() }

  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// For the code that fills a new image.
  var mutableBytes: UnsafeMutableRawPointer { start }

  /// Gives up what lies beyond the first `count` bytes.
  func truncate(to count: Int) {
    precondition(count <= capacity, "an image cannot outgrow its memory")
    self.count = count
  }
}
