/// xxHash64: a fast, stable 64-bit hash. Not cryptographic: for partitions, tables and checksums.
///
/// Source: Yann Collet, xxHash specification 0.1.1, "XXH64 algorithm description".
public enum XXHash64 {
  /// The hash of bytes in memory, equal on every machine. O(n) time, no allocation.
  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    guard let base = bytes.baseAddress else { return finish(seed &+ prime5, nil, 0) }
    let total = bytes.count
    var cursor = base
    var left = total
    var state = seed &+ prime5
    if total >= 32 {
      state = stripes(&cursor, &left, seed)
    }
    return finish(state &+ UInt64(total), cursor, left)
  }

  /// The hash of a number as its eight little-endian bytes.
  public static func hash(_ value: UInt64, seed: UInt64 = 0) -> UInt64 {
    withUnsafeBytes(of: value.littleEndian) { hash($0, seed: seed) }
  }

  /// The hash of a text's UTF-8.
  public static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
    var copy = text
    return copy.withUTF8 { hash(UnsafeRawBufferPointer($0), seed: seed) }
  }

  /// Four lanes over whole stripes of 32 bytes.
  private static func stripes(
    _ cursor: inout UnsafeRawPointer, _ left: inout Int, _ seed: UInt64
  ) -> UInt64 {
    var a = seed &+ prime1 &+ prime2
    var b = seed &+ prime2
    var c = seed
    var d = seed &- prime1
    while left >= 32 {
      a = round(a, word(cursor))
      b = round(b, word(cursor + 8))
      c = round(c, word(cursor + 16))
      d = round(d, word(cursor + 24))
      cursor += 32
      left -= 32
    }
    var state = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
    state = (state ^ round(0, a)) &* prime1 &+ prime4
    state = (state ^ round(0, b)) &* prime1 &+ prime4
    state = (state ^ round(0, c)) &* prime1 &+ prime4
    return (state ^ round(0, d)) &* prime1 &+ prime4
  }

  /// The last 0 to 31 bytes, and the avalanche.
  private static func finish(_ start: UInt64, _ tail: UnsafeRawPointer?, _ count: Int) -> UInt64 {
    var state = start
    if var cursor = tail {
      var left = count
      while left >= 8 {
        state = rotate(state ^ round(0, word(cursor)), 27) &* prime1 &+ prime4
        cursor += 8
        left -= 8
      }
      if left >= 4 {
        let half = UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self))
        state = rotate(state ^ (UInt64(half) &* prime1), 23) &* prime2 &+ prime3
        cursor += 4
        left -= 4
      }
      for index in 0..<left {
        let byte = UInt64(cursor.load(fromByteOffset: index, as: UInt8.self))
        state = rotate(state ^ (byte &* prime5), 11) &* prime1
      }
    }
    state = (state ^ (state >> 33)) &* prime2
    state = (state ^ (state >> 29)) &* prime3
    return state ^ (state >> 32)
  }

  @inline(__always)
  private static func round(_ state: UInt64, _ input: UInt64) -> UInt64 {
    rotate(state &+ input &* prime2, 31) &* prime1
  }

  @inline(__always)
  private static func word(_ pointer: UnsafeRawPointer) -> UInt64 {
    UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value << count | value >> (64 - count)
  }

  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5
}
