internal import Crypto
internal import _CryptoExtras

extension KeystreamKernel {
  /// Applies a mask from its counter block `first` on, with swift-crypto's AES.
  ///
  /// swift-crypto hands out the keystream in memory of its own and reads zeros of ours, so one call
  /// is for `MaskStream.tileWords` words at most.
  static func applyPortable(
    seed: MaskSeed, first: UInt128, sign: MaskSign, words: UnsafeMutableBufferPointer<UInt64>
  ) {
    withKeystream(seed: seed, first: first, words: words.count) { keystream in
      switch sign {
      case .add:
        for i in 0..<words.count { words[i] &+= word(i, of: keystream) }
      case .subtract:
        for i in 0..<words.count { words[i] &-= word(i, of: keystream) }
      }
    }
  }

  private static func withKeystream(
    seed: MaskSeed, first: UInt128, words: Int, _ body: (UnsafeRawPointer) -> Void
  ) {
    do {
      let nonce = try withUnsafeBytes(of: first.bigEndian) {
        try AES._CTR.Nonce(nonceBytes: $0)
      }
      let zeros = zeroTile[..<(words * 8)]
      withStorage(of: try AES._CTR.encrypt(zeros, using: seed.key, nonce: nonce), body)
    } catch {
      preconditionFailure("a seed is a 32-byte key and a counter block has 16 bytes")
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
