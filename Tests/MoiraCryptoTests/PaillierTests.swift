import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct `Paillier ciphertexts` {
  typealias Parts = PaillierParts
  static let kernels = PaillierKernel.allCases

  func foreign(_ name: String, bits: Int, slotBits: Int) throws -> PaillierCiphertexts {
    let vector = try PaillierVector("cipher_\(bits)")
    let key = try PaillierVector("key_\(bits)").publicKey(bits)
    let packing = try Parts.packing(slotBits)
    return PaillierCiphertexts(
      key: key.id, packing: packing, count: packing.slots(bits: bits),
      bytes: try vector.bytes("\(name)_\(slotBits)", bits / 4))
  }

  @Test("that phe made decrypt to what it packed, and so does their product", arguments: kernels)
  func foreignCiphertexts(kernel: PaillierKernel) throws {
    for bits in [2048, 3072] {
      let vector = try PaillierVector("cipher_\(bits)")
      let key = try PaillierVector("key_\(bits)").privateKey(bits)
      let decryptor = PaillierDecryptor(key, kernel: kernel)
      for slotBits in [64, 48] {
        let one = try foreign("cipher", bits: bits, slotBits: slotBits)
        #expect(
          try decryptor.decrypt(one, summands: 1) == vector.words("first_\(slotBits)"))
        let product = try foreign("product", bits: bits, slotBits: slotBits)
        #expect(
          try decryptor.decrypt(product, summands: 3) == vector.words("sum_\(slotBits)"))
      }
    }
  }

  @Test("are the same from both kernels for one generator")
  func sameFromBoth() throws {
    let words = (0..<100).map { UInt64($0) }
    var first = SeededGenerator(seed: 1)
    var second = SeededGenerator(seed: 1)
    let packing = try Parts.packing(64)
    let portable = try Parts.portable.encrypt(words, packing: packing, using: &first)
    #expect(try Parts.best.encrypt(words, packing: packing, using: &second) == portable)
  }

  @Test("add up as words of the ring do, at every slot width", arguments: 0..<40)
  func homomorphism(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let slotBits = seed == 0 ? 64 : Int.random(in: 32...64, using: &generator)
    let packing = try Parts.packing(slotBits)
    let count = Int.random(in: 0...100, using: &generator)
    let kernel = Self.kernels[Int(seed % 2)]
    var sum = PaillierSum(under: Parts.encryptor(kernel))
    var expected = [UInt64](repeating: 0, count: count)
    let bound = Int64(1) << (slotBits - 11)
    let summands = Int.random(in: 1...4, using: &generator)
    for _ in 0..<summands {
      let words = (0..<count).map { _ in
        UInt64(bitPattern: .random(in: -bound..<bound, using: &generator))
      }
      for index in words.indices { expected[index] &+= words[index] }
      try sum.add(
        Parts.encryptor(kernel).encrypt(words, packing: packing, using: &generator))
    }
    let total = try #require(sum.finish(using: &generator))
    #expect(try Parts.decryptor(kernel).decrypt(total, summands: summands) == expected)
  }

  @Test("of FixedPoint's largest values by 1,024 parties do not reach the next slot")
  func fullGuard() throws {
    let packing = try Parts.packing(64)
    let most = UInt64(1) << 52
    let least = UInt64(bitPattern: -(1 << 52))
    let words = [most, least, 0, most, least]
    var generator = SeededGenerator(seed: 2)
    let one = try Parts.best.encrypt(words, packing: packing, using: &generator)
    // 2¹⁰ summands by doubling ten times.
    var bytes = one.bytes
    for _ in 0..<10 { bytes = Parts.best.product(bytes, bytes, .serial) }
    let sum = PaillierCiphertexts(
      key: one.key, packing: packing, count: words.count, bytes: bytes)
    let total = try Parts.bestDecryptor.decrypt(sum, summands: 1024)
    #expect(total == words.map { $0 &* 1024 })
  }

  @Test("hold 31 words at 2048 bits and 47 at 3072, in 16.5 bytes each at most")
  func sizes() throws {
    let packing = try Parts.packing(64)
    #expect([2048, 3072, 4096].map(packing.slots) == [31, 47, 63])
    let million = 1 << 20
    let bytes = PaillierCiphertexts.byteCount(
      count: million, packing: packing, key: Parts.key.publicKey)
    #expect(Double(bytes) / Double(million) < 16.6)
    #expect(PaillierPacking(slotBits: 31) == nil && PaillierPacking(slotBits: 65) == nil)
  }

  @Test("are not made of a word that has no room, and the word is named", arguments: [64, 48, 32])
  func overflow(slotBits: Int) throws {
    let packing = try Parts.packing(slotBits)
    var generator = SeededGenerator(seed: 3)
    let bound = UInt64(1) << UInt64(slotBits - 11)
    for bad in [bound, 0 &- bound &- 1, 1 << 63, .max >> 1] {
      let words = [UInt64](repeating: 0, count: 40) + [bad]
      let error = PaillierError.wordOutOfRange(index: 40, bits: slotBits - 10)
      #expect(throws: error) {
        try Parts.portable.encrypt(words, packing: packing, using: &generator)
      }
    }
    for good in [bound - 1, 0 &- bound] {
      let made = try Parts.best.encrypt([good], packing: packing, using: &generator)
      #expect(try Parts.bestDecryptor.decrypt(made, summands: 1) == [good])
    }
  }

  @Test("out of range are refused", arguments: ["zero", "multiple_of_p", "multiple_of_n"])
  func outOfRange(name: String) throws {
    try expectRefusal(PaillierVector("bad_cipher_\(name)").bytes("c", 512))
  }

  @Test("of n² and more are refused")
  func atSquare() throws {
    // n² itself has 512 bytes; what does not fit is no ciphertext's form at all.
    try expectRefusal(PaillierVector("bad_cipher_square").bytes("c", 512))
    let above = try PaillierVector("bad_cipher_above").text("c")
    if above.count <= 1024 {
      try expectRefusal(PaillierVector("bad_cipher_above").bytes("c", 512))
    }
    try expectRefusal([UInt8](repeating: 0xff, count: 512))
  }

  func expectRefusal(_ bytes: [UInt8]) throws {
    var generator = SeededGenerator(seed: 4)
    let packing = try Parts.packing(64)
    let good = try Parts.best.encrypt(
      [UInt64](repeating: 7, count: 62), packing: packing, using: &generator)
    for place in 0..<2 {
      var altered = good.bytes
      altered.replaceSubrange(place * 512..<(place + 1) * 512, with: bytes)
      let bad = PaillierCiphertexts(key: good.key, packing: packing, count: 62, bytes: altered)
      let error = PaillierError.ciphertextOutOfRange(index: place)
      var sum = PaillierSum(under: Parts.best)
      #expect(throws: error) { try sum.add(bad) }
      #expect(throws: error) { try Parts.bestDecryptor.decrypt(bad, summands: 1) }
    }
  }

  @Test("under another key, of another length or packing are refused")
  func otherForms() throws {
    var generator = SeededGenerator(seed: 5)
    let packing = try Parts.packing(64)
    let good = try Parts.best.encrypt([1, 2], packing: packing, using: &generator)
    let other = PaillierCiphertexts(key: "other", packing: packing, count: 2, bytes: good.bytes)
    #expect(throws: PaillierError.otherKey) { try Parts.bestDecryptor.decrypt(other, summands: 1) }
    for bytes in [[], Array(good.bytes.dropLast()), good.bytes + good.bytes] {
      let bad = PaillierCiphertexts(key: good.key, packing: packing, count: 2, bytes: bytes)
      #expect(throws: PaillierError.wrongLength(bytes: bytes.count, expected: 512)) {
        try bad.check(Parts.key.publicKey)
      }
    }
    var sum = PaillierSum(under: Parts.best)
    try sum.add(good)
    let longer = try Parts.best.encrypt([1, 2, 3], packing: packing, using: &generator)
    #expect(throws: PaillierError.otherPacking) { try sum.add(longer) }
    let narrow = try Parts.best.encrypt([1, 2], packing: Parts.packing(48), using: &generator)
    #expect(throws: PaillierError.otherPacking) { try sum.add(narrow) }
  }

  @Test("of sums that no summands give are refused, and so is what stands behind the last slot")
  func impossibleSums() throws {
    var generator = SeededGenerator(seed: 6)
    let packing = try Parts.packing(64)
    let bound = UInt64(1) << 53
    let three = [UInt64](repeating: bound - 1, count: 3)
    var sum = PaillierSum(under: Parts.best)
    for _ in 0..<2 {
      try sum.add(Parts.best.encrypt(three, packing: packing, using: &generator))
    }
    let total = try #require(sum.finish(using: &generator))
    #expect(throws: PaillierError.sumOutOfRange(index: 0)) {
      try Parts.bestDecryptor.decrypt(total, summands: 1)
    }
    let hidden = PaillierCiphertexts(
      key: total.key, packing: packing, count: 2, bytes: total.bytes)
    #expect(throws: PaillierError.sumOutOfRange(index: 2)) {
      try Parts.bestDecryptor.decrypt(hidden, summands: 2)
    }
  }

  @Test("that are returned are blinded afresh: no product of what was added")
  func blindedAfresh() throws {
    var generator = SeededGenerator(seed: 7)
    let packing = try Parts.packing(64)
    let words = (0..<62).map { UInt64($0) }
    let ones = try (0..<3).map { _ in
      try Parts.best.encrypt(words, packing: packing, using: &generator)
    }
    var sum = PaillierSum(under: Parts.best)
    for one in ones { try sum.add(one) }
    let first = try #require(sum.finish(using: &generator))
    let second = try #require(sum.finish(using: &generator))
    let product = Parts.best.product(
      Parts.best.product(ones[0].bytes, ones[1].bytes, .serial), ones[2].bytes, .serial)
    #expect(first.bytes.prefix(512) != product.prefix(512))
    #expect(first.bytes.suffix(512) != product.suffix(512))
    #expect(first != second)
    #expect(
      try Parts.bestDecryptor.decrypt(first, summands: 3)
        == Parts.bestDecryptor.decrypt(second, summands: 3))
  }

  @Test("do not depend on the number of workers")
  func workers() throws {
    let backwards = Workers(count: 2) { count, body in for i in (0..<count).reversed() { body(i) } }
    var first = SeededGenerator(seed: 8)
    var second = SeededGenerator(seed: 8)
    let words = (0..<700).map { UInt64($0) }
    let packing = try Parts.packing(64)
    let serial = try Parts.best.encrypt(words, packing: packing, using: &first)
    let other = try Parts.best.encrypt(
      words, packing: packing, using: &second, workers: backwards)
    #expect(serial == other)
    #expect(
      try Parts.bestDecryptor.decrypt(other, summands: 1, workers: backwards) == words)
  }

  @Test("of one vector twice have nothing in common")
  func randomised() throws {
    var generator = SeededGenerator(seed: 9)
    let words = [UInt64](repeating: 0, count: 31 * 8)
    let made = try Parts.best.encrypt(words, packing: Parts.packing(64), using: &generator)
    let pieces = stride(from: 0, to: made.bytes.count, by: 512).map {
      Array(made.bytes[$0..<$0 + 512])
    }
    #expect(Set(pieces).count == 8)
  }
}
