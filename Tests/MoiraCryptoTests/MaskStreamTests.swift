import Crypto
import MoiraCrypto
import MoiraModel
import Testing
import _CryptoExtras

@testable import struct MoiraCrypto.MaskSeed
@testable import struct MoiraCrypto.MaskStream

@Suite struct `Mask stream` {
  /// Two words of keystream, from the block cipher alone.
  func block(_ index: UInt128, key: [UInt8]) throws -> [UInt64] {
    var block = withUnsafeBytes(of: index.bigEndian) { Array($0) }
    try AES.permute(&block, key: SymmetricKey(data: key))
    return block.withUnsafeBytes { raw in
      [0, 8].map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
    }
  }

  @Test(
    "every tile goes on where the one before ended, and the counter carries",
    arguments: [
      0, UInt128(UInt32.max) - 3, UInt128(UInt64.max) - 4097, UInt128.max - 5000,
    ], KeystreamKernel.allCases)
  func tilesJoin(first: UInt128, kernel: KeystreamKernel) throws {
    let count = 2 * MaskStream.tileWords + 11
    var words = [UInt64](repeating: 0, count: count)
    MaskStream(seed: try MaskSeed(bytes: secret(1)), firstBlock: first)
      .apply(.add, to: &words, kernel: kernel)
    let edges = [0, 1, 2, 4, 4095, 4096, 4097, 4998, 8191, 8192, 8196]
    for index in edges {
      let expected = try block(first &+ UInt128(index), key: secret(1))
      #expect(Array(words[2 * index..<2 * index + 2]) == expected, "block \(index)")
    }
    let last = try block(first &+ 8197, key: secret(1))
    #expect(words[count - 1] == last[0])
  }

  @Test(
    "adding and taking away leaves the words, with either kernel",
    arguments: [0, 1, 2, 3, 8191, 8192, 8193, 20000], KeystreamKernel.allCases)
  func cancels(count: Int, kernel: KeystreamKernel) throws {
    let words = (0..<count).map { mix64(UInt64($0)) }
    let stream = MaskStream(seed: try MaskSeed(bytes: secret(2)))
    var masked = words
    stream.apply(.add, to: &masked, kernel: kernel)
    #expect(count == 0 || masked != words)
    stream.apply(.subtract, to: &masked)
    #expect(masked == words)
  }

  @Test("a short mask is the start of a long one", arguments: KeystreamKernel.allCases)
  func isPrefix(kernel: KeystreamKernel) throws {
    let stream = MaskStream(seed: try MaskSeed(bytes: secret(3)))
    var long = [UInt64](repeating: 0, count: 9000)
    stream.apply(.add, to: &long, kernel: kernel)
    for count in [1, 7, 8192, 8999] {
      var short = [UInt64](repeating: 0, count: count)
      stream.apply(.add, to: &short, kernel: kernel)
      #expect(short[...] == long.prefix(count))
    }
  }

  @Test("the result does not depend on who does which tile, nor on the kernel")
  func anyWorkers() throws {
    let masks = try (0..<3).map {
      SignedMask($0 == 1 ? .subtract : .add, MaskStream(seed: try MaskSeed(bytes: secret($0))))
    }
    let backwards = Workers(count: 2) { iterations, body in
      for index in (0..<iterations).reversed() { body(index) }
    }
    var one = [UInt64](repeating: 5, count: 30_000)
    var other = one
    var byHand = one
    var portable = one
    applyMasks(masks, to: &one)
    applyMasks(masks, to: &other, workers: backwards)
    applyMasks(masks, to: &portable, workers: backwards, kernel: .portable)
    for mask in masks { mask.stream.apply(mask.sign, to: &byHand) }
    #expect(one == other)
    #expect(one == byHand)
    #expect(one == portable)
  }

  @Test("a seed has 32 bytes", arguments: [0, 16, 31, 33])
  func seedLength(count: Int) {
    #expect(throws: MaskKeyError.wrongLength(count)) {
      try MaskSeed(bytes: [UInt8](repeating: 1, count: count))
    }
  }
}
