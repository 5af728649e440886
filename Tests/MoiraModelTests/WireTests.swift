import MoiraModel
import Testing

/// One value of every kind that a message may hold.
private struct Everything: WireMessage, Equatable {
  var byte: UInt8 = 7
  var small: UInt16 = 0xBEEF
  var signed: Int64 = -3
  var real: Double = -0.5
  var flag = true
  var text = "größe 数"
  var raw: [UInt8] = [1, 2, 3]
  var words: [UInt64] = [0, .max, 42]
  var reals: [Double] = [1.5, -.infinity, 0]

  init() {}
  func encode(into writer: inout ByteWriter) {
    writer.write(byte)
    writer.write(small)
    writer.write(signed)
    writer.write(real)
    writer.write(flag)
    writer.write(text)
    writer.write(raw)
    writer.write(words)
    writer.write(reals)
  }
  init(from reader: inout ByteReader) throws(WireError) {
    byte = try reader.byte()
    small = try reader.integer()
    signed = try reader.integer()
    real = try reader.double()
    flag = try reader.bool()
    text = try reader.string()
    raw = try reader.byteArray()
    words = try reader.words()
    reals = try reader.doubles()
  }
}

@Suite struct WireTests {
  @Test func whatIsWrittenIsRead() throws {
    #expect(try Everything(wireBytes: Everything().wireBytes) == Everything())
  }

  @Test func theLayoutIsLittleEndianAndLengthPrefixed() {
    var writer = ByteWriter()
    writer.write(UInt32(0x0102_0304))
    writer.write("ab")
    writer.write([UInt64(1)])
    #expect(writer.bytes == [4, 3, 2, 1, 2, 0, 0, 0, 97, 98, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func everyTruncationEndsEarly() {
    let bytes = Everything().wireBytes
    for count in 0..<bytes.count {
      #expect(throws: WireError.endsEarly) { try Everything(wireBytes: Array(bytes.prefix(count))) }
    }
  }

  @Test func bytesThatFollowAreRefused() {
    #expect(throws: WireError.trailingBytes(2)) {
      try Everything(wireBytes: Everything().wireBytes + [0, 0])
    }
  }

  @Test func aLengthIsCheckedBeforeAnythingIsAllocated() {
    var huge = ByteReader([0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: WireError.lengthOverLimit(0xFFFF_FFFF)) { try huge.words() }
    var early = ByteReader([0xFF, 0xFF, 0xFF, 0x03, 1])
    #expect(throws: WireError.endsEarly) { try early.byteArray() }
  }

  @Test func aFlagIsZeroOrOne() {
    var reader = ByteReader([2])
    #expect(throws: WireError.unknownCase(2)) { try reader.bool() }
  }

  @Test func aTextMustBeUTF8() {
    var reader = ByteReader([1, 0, 0, 0, 0xFF])
    #expect(throws: WireError.notUTF8) { try reader.string() }
  }

  @Test(arguments: 0..<20)
  func randomBytesNeverTrap(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...90, using: &random)).map { _ in
        UInt8.random(in: 0...3, using: &random)
      }
      if let read = try? Everything(wireBytes: bytes) { #expect(read.wireBytes == bytes) }
    }
  }
}
