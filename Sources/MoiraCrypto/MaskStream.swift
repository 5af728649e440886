internal import Crypto
public import MoiraModel
internal import _CryptoExtras

/// Whether a mask is added or taken away; of two parties, one does the one and one the other.
public enum MaskSign: Hashable, Sendable {
  case add, subtract
}

/// A mask as long as it is needed: the AES-256-CTR keystream of a seed, as little-endian words.
///
/// The counter block starts at zero, which is safe because a seed is derived for one vector only.
/// Source: NIST SP 800-38A, section 6.5.
public struct MaskStream: Sendable {
  /// Words that are made at a time: 64 KiB of keystream, which stay in the second-level cache
  /// together with the words that they go to.
  public static let tileWords = 8192

  private let seed: MaskSeed
  private let firstBlock: UInt128

  public init(seed: MaskSeed) { self.init(seed: seed, firstBlock: 0) }

  init(seed: MaskSeed, firstBlock: UInt128) {
    self.seed = seed
    self.firstBlock = firstBlock
  }

  /// Adds the mask to the words, or takes it away, modulo 2⁶⁴.
  public func apply(_ sign: MaskSign, to words: inout [UInt64]) {
    applyMasks([SignedMask(sign, self)], to: &words)
  }

  /// Does so for one tile.
  ///
  /// - Parameter words: The words of tile `index`: `tileWords` of them, or fewer in the last one.
  fileprivate func apply(
    _ sign: MaskSign, toTile index: Int, _ words: UnsafeMutableBufferPointer<UInt64>
  ) {
    withKeystream(tile: index, words: words.count) { keystream in
      switch sign {
      case .add:
        for i in 0..<words.count { words[i] &+= word(i, of: keystream) }
      case .subtract:
        for i in 0..<words.count { words[i] &-= word(i, of: keystream) }
      }
    }
  }

  private func withKeystream(tile: Int, words: Int, _ body: (UnsafeRawPointer) -> Void) {
    let block = firstBlock &+ UInt128(tile) * UInt128(Self.tileWords / 2)
    let zeros = words == Self.tileWords ? zeroTile : Array(zeroTile.prefix(words * 8))
    do {
      let nonce = try withUnsafeBytes(of: block.bigEndian) {
        try AES._CTR.Nonce(nonceBytes: $0)
      }
      withStorage(of: try AES._CTR.encrypt(zeros, using: seed.key, nonce: nonce), body)
    } catch {
      preconditionFailure("a seed is a 32-byte key and a counter block has 16 bytes")
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
/// depend on `workers`.
///
/// - Complexity: O(masks · words) time; one tile of 64 KiB at a time for each worker.
public func applyMasks(
  _ masks: [SignedMask], to words: inout [UInt64], workers: Workers = .serial
) {
  let size = MaskStream.tileWords
  words.withUnsafeMutableBufferPointer { words in
    let whole = words
    workers.each((whole.count + size - 1) / size) { index in
      let end = min((index + 1) * size, whole.count)
      let tile = UnsafeMutableBufferPointer(rebasing: whole[index * size..<end])
      for mask in masks { mask.stream.apply(mask.sign, toTile: index, tile) }
    }
  }
}

/// What is encrypted to get at the keystream.
private let zeroTile = [UInt8](repeating: 0, count: MaskStream.tileWords * 8)

@inline(__always)
private func word(_ index: Int, of keystream: UnsafeRawPointer) -> UInt64 {
  UInt64(littleEndian: keystream.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
}

/// Lends the bytes where they lie. Generic, so that Foundation's type need not be named.
@inline(__always)
private func withStorage(of bytes: some Collection<UInt8>, _ body: (UnsafeRawPointer) -> Void) {
  let lent: Void? = bytes.withContiguousStorageIfAvailable { storage in
    if let start = storage.baseAddress { body(UnsafeRawPointer(start)) }
  }
  if lent == nil { Array(bytes).withUnsafeBytes { $0.baseAddress.map(body) } }
}
