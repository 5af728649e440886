internal import CKernels

/// Pairs eight at a time, with the vector instructions for products of 52 bits.
final class VectorPairs: PairArithmetic {
  let digitWords: Int
  private let limbs: Int
  /// −m⁻¹ modulo 2⁵².
  private let inverse: UInt64
  /// The limbs of m.
  private let modulus: WordBuffer
  /// The pairs R, R² and 1, each in all lanes.
  private let constants: WordBuffer
  /// For the bases of a comb, one after another.
  private let portable: PortablePairs

  init(modulus number: borrowing BigInteger) {
    let size = (number.bitWidth + 63) / 64 + 1
    digitWords = size
    // Eight bits to spare at least, and whole blocks of four limbs.
    limbs = ((number.bitWidth + 8 + 51) / 52 + 3) / 4 * 4
    precondition(limbs <= Int(CK_MOST_LIMBS), "a modulus of pairs has 4,152 bits at most")
    inverse = UInt64(negatedInverse(number.lowWord)) & limbMask
    modulus = WordBuffer(limbs)
    portable = PortablePairs(modulus: number)
    constants = WordBuffer(3 * 16 * limbs)
    let words = WordBuffer(number, count: size)
    writeLimbs(words.words, size, to: modulus.words64, limbs, stride: 1)
    let radix = BigInteger.powerOfTwo(52 * limbs)
    write(radix, of: number, toConstant: 0)
    write(radix * radix, of: number, toConstant: 1)
    write(BigInteger(1), of: number, toConstant: 2)
  }

  private func write(
    _ value: borrowing BigInteger, of modulus: borrowing BigInteger, toConstant index: Int
  ) {
    let pair = WordBuffer(2 * digitWords)
    writePair(value, of: modulus, to: pair.words, digitWords)
    for lane in 0..<Self.lanes { split(pair.words, to: constant(index), lane: lane) }
  }

  /// The words of a number in all lanes.
  private var width: Int { 16 * limbs }

  private func constant(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    constants.words64 + index * width
  }

  private var one: UnsafeMutablePointer<UInt64> { constant(0) }
  private var squaredRadix: UnsafeMutablePointer<UInt64> { constant(1) }
  private var plainOne: UnsafeMutablePointer<UInt64> { constant(2) }

  /// Writes a pair to one lane of limbs.
  private func split(
    _ pair: UnsafePointer<UInt>, to vectors: UnsafeMutablePointer<UInt64>, lane: Int
  ) {
    writeLimbs(pair, digitWords, to: vectors + lane, limbs, stride: Self.lanes)
    writeLimbs(
      pair + digitWords, digitWords, to: vectors + lane + 8 * limbs, limbs, stride: Self.lanes)
  }

  private func join(
    _ vectors: UnsafePointer<UInt64>, lane: Int, to pair: UnsafeMutablePointer<UInt>
  ) {
    writeWords(vectors + lane, limbs, stride: Self.lanes, to: pair, digitWords)
    writeWords(
      vectors + lane + 8 * limbs, limbs, stride: Self.lanes, to: pair + digitWords, digitWords)
  }

  private func multiply(
    _ x: UnsafePointer<UInt64>, _ y: UnsafePointer<UInt64>,
    into out: UnsafeMutablePointer<UInt64>
  ) {
    ck_pair_multiply(limbs, modulus.words64, inverse, x, y, out)
  }
}

extension VectorPairs {
  func raise(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, to exponent: UnsafePointer<UInt>, bits: Int
  ) {
    let values = WordBuffer(2 * width)
    let powers = WordBuffer(16 * width)
    let base = values.words64
    let result = base + width
    for lane in 0..<count { split(pairs + lane * 2 * digitWords, to: base, lane: lane) }
    multiply(base, squaredRadix, into: base)
    UnsafeRawPointer(exponent).withMemoryRebound(to: UInt64.self, capacity: (bits + 63) / 64) {
      ck_pair_power(
        limbs, modulus.words64, inverse, base, one, $0, bits, powers.words64, result)
    }
    multiply(result, plainOne, into: result)
    for lane in 0..<count { join(result, lane: lane, to: pairs + lane * 2 * digitWords) }
  }

  func table(of base: borrowing BigInteger, positions: Int) -> PairTable {
    let entry = 2 * limbs
    let table = PairTable(positions: positions, words: positions * PairTable.entries * entry)
    let bases = portable.bases(of: base, positions: positions)
    let vectors = WordBuffer(width)
    for first in stride(from: 0, to: positions, by: Self.lanes) {
      let count = min(Self.lanes, positions - first)
      for lane in 0..<count {
        split(bases.words + (first + lane) * 2 * digitWords, to: vectors.words64, lane: lane)
      }
      multiply(vectors.words64, squaredRadix, into: vectors.words64)
      ck_pair_fill(
        limbs, modulus.words64, inverse, vectors.words64, one, count,
        table.words.words64 + first * PairTable.entries * entry)
    }
    return table
  }

  func multiply(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, by table: PairTable,
    digits: UnsafePointer<UInt8>
  ) {
    let values = WordBuffer(width)
    for lane in 0..<count { split(pairs + lane * 2 * digitWords, to: values.words64, lane: lane) }
    ck_pair_blind(
      limbs, modulus.words64, inverse, table.words.words64, table.positions, digits,
      values.words64)
    for lane in 0..<count { join(values.words64, lane: lane, to: pairs + lane * 2 * digitWords) }
  }
}

private let limbMask: UInt64 = (1 << 52) - 1

/// Words of 64 bits as limbs of 52.
private func writeLimbs(
  _ words: UnsafePointer<UInt>, _ count: Int, to out: UnsafeMutablePointer<UInt64>, _ limbs: Int,
  stride: Int
) {
  for limb in 0..<limbs {
    let word = 52 * limb / 64
    let shift = UInt64(52 * limb % 64)
    let low = word < count ? UInt64(words[word]) >> shift : 0
    let high = shift > 12 && word + 1 < count ? UInt64(words[word + 1]) << (64 - shift) : 0
    out[limb * stride] = (low | high) & limbMask
  }
}

/// Limbs of 52 bits as words of 64; those above `count` words are zero.
private func writeWords(
  _ limbs: UnsafePointer<UInt64>, _ limbCount: Int, stride: Int,
  to out: UnsafeMutablePointer<UInt>, _ count: Int
) {
  for word in 0..<count {
    var value: UInt64 = 0
    let first = 64 * word / 52
    for limb in first..<min(first + 3, limbCount) {
      let offset = 52 * limb - 64 * word
      if offset >= 64 { break }
      let bits = limbs[limb * stride]
      value |= offset >= 0 ? bits << UInt64(offset) : bits >> UInt64(-offset)
    }
    out[word] = UInt(value)
  }
}
