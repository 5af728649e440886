internal import CKernels
internal import Crypto
internal import MoiraModel

/// What makes the keystream of a mask and applies it.
///
/// Each gives the same words for the same seed, on every processor.
public enum KeystreamKernel: String, Hashable, Codable, Sendable, CaseIterable {
  /// swift-crypto's AES in counter mode, everywhere.
  case portable
  /// The widest AES instructions that this processor has: VAES with AVX-512, VAES with AVX2,
  /// AES-NI, or `portable`.
  ///
  /// At its first use they are compared with swift-crypto, with counters that carry and with
  /// ends that fill no block. If one word differs, `best` is `portable` for ever.
  case best

  /// What `best` is here: `vaes-avx512`, `vaes-avx2`, `aes-ni` or `portable`.
  public static var nameOfBest: String {
    switch bestLevel {
    case 3: "vaes-avx512"
    case 2: "vaes-avx2"
    case 1: "aes-ni"
    default: "portable"
    }
  }

  /// The level to call, 0 for the portable way.
  var level: Int32 { self == .best ? Self.bestLevel : 0 }

  /// Chosen once in a process.
  private static let bestLevel = checked(ck_widest_aes_level())

  /// The level itself if its words are those of swift-crypto, otherwise 0.
  ///
  /// - Parameter apply: What the level does; a test hands in one that is wrong.
  static func checked(_ level: Int32, apply: Apply = applyNative) -> Int32 {
    guard level > 0 else { return 0 }
    return CheckedInput.all.allSatisfy { $0.isSame(at: level, by: apply) } ? level : 0
  }

  /// Applies a mask from its counter block `first` on, at a level of at least 1.
  typealias Apply = (
    _ level: Int32, _ seed: MaskSeed, _ first: UInt128, _ sign: MaskSign,
    _ words: UnsafeMutableBufferPointer<UInt64>
  ) -> Void

  /// What the processor's own instructions do; allocates nothing.
  static func applyNative(
    level: Int32, seed: MaskSeed, first: UInt128, sign: MaskSign,
    words: UnsafeMutableBufferPointer<UInt64>
  ) {
    guard let start = words.baseAddress else { return }
    seed.key.withUnsafeBytes { key in
      guard let key = key.bindMemory(to: UInt8.self).baseAddress else {
        preconditionFailure("a seed is a 32-byte key")
      }
      ck_apply_keystream(
        level, key, UInt64(first >> 64), UInt64(truncatingIfNeeded: first),
        sign == .subtract ? 1 : 0, start, words.count)
    }
  }
}

/// A mask that a level must make as swift-crypto does before it is used.
private struct CheckedInput {
  let seed: MaskSeed
  let first: UInt128
  let sign: MaskSign
  let count: Int

  /// Keys and words that look random and are the same in each run. The counters carry out of 8,
  /// 32, 64 and 128 bits in the middle; the counts are whole steps of a level, and more, and less.
  static let all: [CheckedInput] = {
    var generator = SeededGenerator(seed: 1)
    let ends: [UInt128] = [0, 1 << 8, 1 << 32, 1 << 64, 0xf00d << 64, 0]
    return zip(ends, [64, 33, 67, 130, 191, 257]).flatMap { end, count in
      [MaskSign.add, .subtract].map { sign in
        let key = (0..<MaskSeed.byteCount).map { _ in
          UInt8(truncatingIfNeeded: generator.next() as UInt64)
        }
        return CheckedInput(
          seed: MaskSeed(key: SymmetricKey(data: key)), first: end &- UInt128(count / 4),
          sign: sign, count: count)
      }
    }
  }()

  func isSame(at level: Int32, by apply: KeystreamKernel.Apply) -> Bool {
    var words = (0..<count).map { mix64(UInt64($0)) }
    var expected = words
    words.withUnsafeMutableBufferPointer { apply(level, seed, first, sign, $0) }
    expected.withUnsafeMutableBufferPointer {
      KeystreamKernel.applyPortable(seed: seed, first: first, sign: sign, words: $0)
    }
    return words == expected
  }
}
