internal import CGMP
internal import CKernels
public import MoiraModel

/// Encrypts under one key, with the powers of hₛ that it looks up.
///
/// c = (1 + m·n)·hₛᵃ mod n², with a of half as many bits as n; see
/// `PaillierDerivation.blindingBase`. hₛ is derived from n here, and taken from nobody. The comb
/// table has 3.5 MB at 2048 bits and 8 MB at 3072, somewhat more with the kernel. Time and addresses
/// depend neither on words nor on a.
public final class PaillierEncryptor: Sendable {
  public let key: PaillierPublicKey
  /// n, then n².
  private let moduli: WordBuffer
  private let pairs: any PairArithmetic
  private let table: PairTable

  /// - Complexity: one power modulo n², and 32 products for each five bits of a: some tens of
  ///   milliseconds.
  public init(_ key: PaillierPublicKey, kernel: PaillierKernel = .best) {
    self.key = key
    let modulus = key.modulus
    moduli = WordBuffer(3 * key.words)
    modulus.write(to: moduli.words, count: key.words)
    (modulus * modulus).write(to: moduli.words + key.words, count: 2 * key.words)
    pairs = kernel.pairs(modulo: modulus)
    let positions = (key.bits / 2 + PairTable.digitBits - 1) / PairTable.digitBits
    table = pairs.table(of: PaillierDerivation.blindingBase(key), positions: positions)
  }

  /// Words of a.
  private var exponentWords: Int { key.words / 2 }
  private var pairWords: Int { 2 * pairs.digitWords }
}

extension PaillierEncryptor {
  /// The words, packed and encrypted.
  ///
  /// - Throws: `PaillierError.wordOutOfRange`.
  public func encrypt(
    _ words: [UInt64], packing: PaillierPacking,
    using generator: inout some RandomNumberGenerator, workers: Workers = .serial
  ) throws(PaillierError) -> PaillierCiphertexts {
    let slots = packing.slots(bits: key.bits)
    let count = packing.ciphertexts(count: words.count, bits: key.bits)
    let values = WordBuffer(count * pairWords)
    for index in 0..<count {
      let pair = values.words + index * pairWords
      // 1 + m·n.
      pair[0] = 1
      try packing.pack(
        words[index * slots..<min(words.count, (index + 1) * slots)],
        into: pair + pairs.digitWords)
    }
    blind(values, count: count, using: &generator, workers)
    return PaillierCiphertexts(
      key: key.id, packing: packing, count: words.count,
      bytes: bytes(of: values, count: count, workers))
  }

  /// The same plaintexts under fresh blinding, so that nobody can tell what they were made of.
  ///
  /// - Parameter ciphertexts: Checked.
  func blinded(
    _ ciphertexts: PaillierCiphertexts, using generator: inout some RandomNumberGenerator,
    workers: Workers
  ) -> PaillierCiphertexts {
    let count = ciphertexts.bytes.count / key.ciphertextBytes
    let values = WordBuffer(count * pairWords)
    read(ciphertexts.bytes, to: values, count: count)
    blind(values, count: count, using: &generator, workers)
    return PaillierCiphertexts(
      key: key.id, packing: ciphertexts.packing, count: ciphertexts.count,
      bytes: bytes(of: values, count: count, workers))
  }

  /// Multiplies each value by hₛᵃ for an a of its own.
  private func blind(
    _ values: borrowing WordBuffer, count: Int, using generator: inout some RandomNumberGenerator,
    _ workers: Workers
  ) {
    let start = values.words
    let stream = MaskStream(seed: MaskSeed(using: &generator))
    var exponents = [UInt64](repeating: 0, count: count * exponentWords)
    stream.apply(.add, to: &exponents)
    let lanes = PortablePairs.lanes
    exponents.withUnsafeMutableBufferPointer { buffer in
      guard let exponents = buffer.baseAddress else { return }
      workers.each((count + lanes - 1) / lanes) { batch in
        let first = batch * lanes
        let size = min(lanes, count - first)
        var digits = digits(of: exponents + first * exponentWords, count: size)
        pairs.multiply(start + first * pairWords, count: size, by: table, digits: digits)
        digits.withUnsafeMutableBytes { bytes in
          if let start = bytes.baseAddress { ck_wipe(start, bytes.count) }
        }
      }
      ck_wipe(exponents, buffer.count * MemoryLayout<UInt64>.size)
    }
  }

  /// The exponents in base 32, eight for each position.
  private func digits(of exponents: UnsafePointer<UInt64>, count: Int) -> [UInt8] {
    let lanes = PortablePairs.lanes
    var digits = [UInt8](repeating: 0, count: table.positions * lanes)
    for lane in 0..<count {
      let words = exponents + lane * exponentWords
      for position in 0..<table.positions {
        let bit = PairTable.digitBits * position
        let word = bit / 64
        var value = words[word] >> UInt64(bit % 64)
        if bit % 64 > 64 - PairTable.digitBits, word + 1 < exponentWords {
          value |= words[word + 1] << UInt64(64 - bit % 64)
        }
        digits[position * lanes + lane] = UInt8(value & UInt64(PairTable.entries - 1))
      }
    }
    return digits
  }
}

extension PaillierEncryptor {
  /// x₀ + x₁·n modulo n², as bytes.
  private func bytes(
    of values: borrowing WordBuffer, count: Int, _ workers: Workers
  ) -> [UInt8] {
    let start = values.words
    return [UInt8](unsafeUninitializedCapacity: count * key.ciphertextBytes) { buffer, filled in
      filled = count * key.ciphertextBytes
      guard let bytes = buffer.baseAddress else { return }
      let chunk = 64
      workers.each((count + chunk - 1) / chunk) { piece in
        let scratch = WordBuffer(6 * key.words + 4)
        for index in piece * chunk..<min(count, (piece + 1) * chunk) {
          write(start + index * pairWords, to: bytes + index * key.ciphertextBytes, scratch)
        }
      }
    }
  }

  private func write(
    _ pair: UnsafePointer<UInt>, to bytes: UnsafeMutablePointer<UInt8>,
    _ scratch: borrowing WordBuffer
  ) {
    let size = key.words
    let digit = pairs.digitWords
    let number = scratch.words
    let quotient = number + 2 * size + 1
    let rest = quotient + 2 * size
    __gmpn_mul(number, pair + digit, digit, moduli.words, size)
    _ = __gmpn_add(number, number, digit + size, pair, digit)
    __gmpn_tdiv_qr(quotient, rest, 0, number, digit + size, moduli.words + size, 2 * size)
    writeBytes(rest, count: 2 * size, to: bytes)
  }

  /// Ciphertexts as pairs.
  private func read(_ bytes: [UInt8], to values: borrowing WordBuffer, count: Int) {
    let size = key.words
    let number = WordBuffer(2 * size)
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      for index in 0..<count {
        readWords(start + index * key.ciphertextBytes, to: number.words, count: 2 * size)
        let pair = values.words + index * pairWords
        __gmpn_tdiv_qr(
          pair + pairs.digitWords, pair, 0, number.words, 2 * size, moduli.words, size)
      }
    }
  }
}

extension PaillierEncryptor {
  /// The products of ciphertexts one by one, modulo n².
  func product(_ ones: [UInt8], _ others: [UInt8], _ workers: Workers) -> [UInt8] {
    let width = key.ciphertextBytes
    let count = ones.count / width
    let chunk = 64
    return [UInt8](unsafeUninitializedCapacity: ones.count) { buffer, filled in
      filled = ones.count
      guard let out = buffer.baseAddress else { return }
      ones.withUnsafeBufferPointer { ones in
        others.withUnsafeBufferPointer { others in
          guard let ones = ones.baseAddress, let others = others.baseAddress else { return }
          workers.each((count + chunk - 1) / chunk) { piece in
            let scratch = WordBuffer(12 * key.words + 1)
            for index in piece * chunk..<min(count, (piece + 1) * chunk) {
              multiply(
                ones + index * width, others + index * width, to: out + index * width, scratch)
            }
          }
        }
      }
    }
  }

  private func multiply(
    _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>,
    to out: UnsafeMutablePointer<UInt8>, _ scratch: borrowing WordBuffer
  ) {
    let size = 2 * key.words
    let first = scratch.words
    let second = first + size
    let number = second + size
    let quotient = number + 2 * size
    readWords(one, to: first, count: size)
    readWords(other, to: second, count: size)
    __gmpn_mul_n(number, first, second, size)
    __gmpn_tdiv_qr(quotient, first, 0, number, 2 * size, moduli.words + key.words, size)
    writeBytes(first, count: size, to: out)
  }
}

extension PaillierEncryptor: CustomStringConvertible, CustomReflectable {
  public var description: String { "PaillierEncryptor(\(key))" }
  public var customMirror: Mirror { Mirror(self, children: ["key": key]) }
}
