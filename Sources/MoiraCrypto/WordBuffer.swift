internal import CKernels

/// Words at a fixed place, aligned for vectors, that are overwritten when their owner goes.
///
/// Sendable, as it has one owner and cannot be copied; whoever shares it only reads.
struct WordBuffer: ~Copyable, @unchecked Sendable {
  let words: UnsafeMutablePointer<UInt>
  let count: Int

  /// Zeros.
  init(_ count: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<UInt>.size, alignment: 64)
    words = bytes.bindMemory(to: UInt.self, capacity: max(1, count))
    words.initialize(repeating: 0, count: max(1, count))
    self.count = count
  }

  init(_ number: borrowing BigInteger, count: Int) {
    self.init(count)
    number.write(to: words, count: count)
  }

  deinit {
    ck_wipe(words, count * MemoryLayout<UInt>.size)
    words.deallocate()
  }

  /// For the C kernels, whose words have another name.
  var words64: UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt64.self)
  }

  var number: BigInteger { BigInteger(words: words, count: count) }
}
