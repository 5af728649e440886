import CKernels
import Crypto
import MoiraCrypto
import MoiraModel
import Testing
import _CryptoExtras

@testable import enum MoiraCrypto.KeystreamKernel
@testable import struct MoiraCrypto.MaskSeed

/// The levels that this processor has; none where the portable way is the only one.
private let levels = Array(1..<max(1, ck_widest_aes_level() + 1))

@Suite struct `Keystream kernel` {
  /// The mask by the block cipher alone, one block after another.
  func keystream(_ key: [UInt8], from first: UInt128, count: Int) throws -> [UInt64] {
    let cipher = SymmetricKey(data: key)
    var words: [UInt64] = []
    for index in 0..<UInt128((count + 1) / 2) {
      var block = withUnsafeBytes(of: (first &+ index).bigEndian) { Array($0) }
      try AES.permute(&block, key: cipher)
      block.withUnsafeBytes { raw in
        for at in [0, 8] {
          words.append(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
        }
      }
    }
    return Array(words.prefix(count))
  }

  /// What a level does with `words[start ..< start + count]`; the others must stay.
  func applied(
    _ level: Int32, _ sign: MaskSign, key: [UInt8], from first: UInt128, to words: [UInt64],
    start: Int = 0, count: Int
  ) throws -> [UInt64] {
    var words = words
    let seed = try MaskSeed(bytes: key)
    words.withUnsafeMutableBufferPointer { all in
      let part = UnsafeMutableBufferPointer(rebasing: all[start..<start + count])
      KeystreamKernel.applyNative(level: level, seed: seed, first: first, sign: sign, words: part)
    }
    return words
  }

  func mask(_ level: Int32, _ key: String, from first: UInt128, count: Int) throws -> [UInt8] {
    let zeros = [UInt64](repeating: 0, count: count)
    return try applied(level, .add, key: bytes(key), from: first, to: zeros, count: count)
      .flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }

  @Test("the round keys are those of FIPS-197, appendix A.3", .enabled(if: !levels.isEmpty))
  func roundKeys() {
    let expected = bytes(
      """
      603deb10 15ca71be 2b73aef0 857d7781 1f352c07 3b6108d7 2d9810a3 0914dff4
      9ba35411 8e6925af a51a8b5f 2067fcde a8b09c1a 93d194cd be49846e b75d5b9a
      d59aecb8 5bf3c917 fee94248 de8ebe96 b5a9328a 2678a647 98312229 2f6c79b3
      812c81ad dadf48ba 24360af2 fab8b464 98c5bfc9 bebd198e 268c3ba7 09e04214
      68007bac b2df3316 96e939e4 6c518d80 c814e204 76a9fb8a 5025c02d 59c58239
      de136967 6ccc5a71 fa256395 9674ee15 5886ca5d 2e2f31d7 7e0af1fa 27cf73c3
      749c47ab 18501dda e2757e4f 7401905a cafaaae3 e4d59b34 9adf6ace bd10190d
      fe4890d1 e6188d0b 046df344 706c631e
      """)
    var expanded = [UInt8](repeating: 0, count: 240)
    ck_expand_aes256_key(Array(expected.prefix(32)), &expanded)
    #expect(expanded == expected)
  }

  @Test("a block is that of FIPS-197, appendix C.3", arguments: levels)
  func oneBlock(level: Int32) throws {
    let made = try mask(
      level, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      from: 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff, count: 2)
    #expect(made == bytes("8ea2b7ca516745bfeafc49904b496089"))
  }

  @Test("the keystream is that of NIST SP 800-38A, F.5.5", arguments: levels)
  func counterMode(level: Int32) throws {
    let plain = bytes(
      """
      6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
      """)
    let cipher = bytes(
      """
      601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
      2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6
      """)
    let made = try mask(
      level, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      from: 0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff, count: 8)
    #expect(made == zip(plain, cipher).map { $0 ^ $1 })
  }

  @Test("every count, wherever it starts, and no word beside", arguments: levels)
  func anyCount(level: Int32) throws {
    let words = (0..<160).map { mix64(UInt64($0)) }
    let mask = try keystream(secret(4), from: 77, count: 150)
    for count in 0...150 {
      for sign in [MaskSign.add, .subtract] {
        let start = count % 8
        let made = try applied(
          level, sign, key: secret(4), from: 77, to: words, start: start, count: count)
        var expected = words
        for i in 0..<count {
          expected[start + i] =
            sign == .add ? words[start + i] &+ mask[i] : words[start + i] &- mask[i]
        }
        #expect(made == expected, "\(count) words from \(start)")
      }
    }
  }

  @Test(
    "the counter carries at any block of a step",
    arguments: levels, [1 << 8, 1 << 16, 1 << 32, 1 << 64, (1 << 64) + (1 << 32), 0])
  func carries(level: Int32, end: UInt128) throws {
    let count = 141
    let long = try keystream(secret(5), from: end &- 80, count: 160 + count)
    let zeros = [UInt64](repeating: 0, count: count)
    for before in 0...80 {
      let made = try applied(
        level, .add, key: secret(5), from: end &- UInt128(before), to: zeros, count: count)
      let skipped = 2 * (80 - before)
      #expect(made[...] == long[skipped..<skipped + count], "\(before) blocks before")
    }
  }

  @Test("every level makes the words of swift-crypto, for many keys and lengths", arguments: levels)
  func isPortable(level: Int32) throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<60 {
      let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let first = UInt128.random(in: 0...UInt128.max, using: &generator)
      let count = Int.random(in: 0...MaskStream.tileWords, using: &generator)
      let words = (0..<count).map { mix64(UInt64($0)) }
      let sign: MaskSign = Bool.random(using: &generator) ? .add : .subtract
      var expected = words
      let seed = try MaskSeed(bytes: key)
      expected.withUnsafeMutableBufferPointer {
        KeystreamKernel.applyPortable(seed: seed, first: first, sign: sign, words: $0)
      }
      #expect(
        try applied(level, sign, key: key, from: first, to: words, count: count) == expected)
    }
  }

  @Test("best is the widest level, once it has shown that it is right")
  func best() {
    let widest = ck_widest_aes_level()
    let names = ["portable", "aes-ni", "vaes-avx2", "vaes-avx512"]
    #expect(KeystreamKernel.nameOfBest == names[Int(widest)])
    #expect(KeystreamKernel.best.level == widest)
    #expect(KeystreamKernel.portable.level == 0)
    for level in levels { #expect(KeystreamKernel.checked(level) == level) }
  }

  /// Levels that are right but for one thing.
  enum Fault: CaseIterable {
    case lastWord, firstBit, sign, carryTo64, carryTo32, wrap, startsLate, touchesNothing

    func apply(
      _ seed: MaskSeed, _ first: UInt128, _ sign: MaskSign,
      _ words: UnsafeMutableBufferPointer<UInt64>
    ) {
      func right(_ first: UInt128, _ sign: MaskSign, _ part: Range<Int>) {
        KeystreamKernel.applyPortable(
          seed: seed, first: first, sign: sign,
          words: UnsafeMutableBufferPointer(rebasing: words[part]))
      }
      func withoutCarry(to bits: UInt128) {
        let low: UInt128 = (1 << bits) - 1
        for i in stride(from: 0, to: words.count, by: 2) {
          let next = first &+ UInt128(i / 2)
          let block: UInt128 = (first & ~low) | (next & low)
          right(block, sign, i..<min(i + 2, words.count))
        }
      }
      switch self {
      case .lastWord: right(first, sign, 0..<words.count - 1)
      case .firstBit:
        right(first, sign, 0..<words.count)
        words[0] ^= 1
      case .sign: right(first, .add, 0..<words.count)
      case .carryTo64: withoutCarry(to: 64)
      case .carryTo32: withoutCarry(to: 32)
      case .wrap:
        let start = first > UInt128.max - 1000 ? 0 : first
        right(start, sign, 0..<words.count)
      case .startsLate: right(first &+ 1, sign, 0..<words.count)
      case .touchesNothing: break
      }
    }
  }

  @Test("a level that is wrong in one thing is never used", arguments: Fault.allCases)
  func faulty(fault: Fault) {
    let level = KeystreamKernel.checked(3) { _, seed, first, sign, words in
      fault.apply(seed, first, sign, words)
    }
    #expect(level == 0)
  }

  @Test("without a level nothing is tried")
  func noLevel() {
    var calls = 0
    #expect(KeystreamKernel.checked(0) { _, _, _, _, _ in calls += 1 } == 0)
    #expect(calls == 0)
  }
}
