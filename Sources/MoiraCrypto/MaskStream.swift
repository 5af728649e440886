public import MoiraModel

/// Whether a mask is added or taken away; of two parties, one does the one and one the other.
public enum MaskSign: Hashable, Sendable {
  case add, subtract
}

/// A mask as long as it is needed: the AES-256-CTR keystream of a seed, as little-endian words.
///
/// The counter block starts at zero, which is safe because a seed is derived for one vector only.
/// Source: NIST SP 800-38A, section 6.5.
public struct MaskStream: Sendable {
  /// Words that all masks go to before the next ones are read: 64 KiB, which stay in the
  /// second-level cache, with the keystream if that is made apart.
  public static let tileWords = 8192

  private let seed: MaskSeed
  private let firstBlock: UInt128

  public init(seed: MaskSeed) { self.init(seed: seed, firstBlock: 0) }

  init(seed: MaskSeed, firstBlock: UInt128) {
    self.seed = seed
    self.firstBlock = firstBlock
  }

  /// Adds the mask to the words, or takes it away, modulo 2⁶⁴.
  public func apply(
    _ sign: MaskSign, to words: inout [UInt64], kernel: KeystreamKernel = .best
  ) {
    applyMasks([SignedMask(sign, self)], to: &words, kernel: kernel)
  }

  /// Does so for one tile.
  ///
  /// - Parameters:
  ///   - words: The words of tile `index`: `tileWords` of them, or fewer in the last one.
  ///   - level: Of the processor's instructions, or 0 for the portable way.
  fileprivate func apply(
    _ sign: MaskSign, toTile index: Int, _ words: UnsafeMutableBufferPointer<UInt64>, level: Int32
  ) {
    let block = firstBlock &+ UInt128(index) * UInt128(Self.tileWords / 2)
    if level > 0 {
      KeystreamKernel.applyNative(level: level, seed: seed, first: block, sign: sign, words: words)
    } else {
      KeystreamKernel.applyPortable(seed: seed, first: block, sign: sign, words: words)
    }
  }
}

/// A mask with the sign under which one party applies it.
public struct SignedMask: Sendable {
  public let sign: MaskSign
  public let stream: MaskStream

  public init(_ sign: MaskSign, _ stream: MaskStream) {
    self.sign = sign
    self.stream = stream
  }
}

/// Applies all masks to the words in place, modulo 2⁶⁴.
///
/// Tile by tile, so that the words are read from memory once for all masks. The result does not
/// depend on `workers`, nor on `kernel`.
///
/// - Complexity: O(masks · words) time. Allocates nothing with the processor's own instructions;
///   the portable way has 64 KiB of keystream at a time for each worker.
public func applyMasks(
  _ masks: [SignedMask], to words: inout [UInt64], workers: Workers = .serial,
  kernel: KeystreamKernel = .best
) {
  let size = MaskStream.tileWords
  let level = kernel.level
  words.withUnsafeMutableBufferPointer { words in
    let whole = words
    workers.each((whole.count + size - 1) / size) { index in
      let end = min((index + 1) * size, whole.count)
      let tile = UnsafeMutableBufferPointer(rebasing: whole[index * size..<end])
      for mask in masks { mask.stream.apply(mask.sign, toTile: index, tile, level: level) }
    }
  }
}
