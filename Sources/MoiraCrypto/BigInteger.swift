internal import CGMP
internal import CKernels

/// A whole number of any size, in GMP's memory; never negative.
///
/// Cannot be copied, and is overwritten when it goes. Times depend on the values: what works on a
/// private key again and again uses `PairArithmetic` instead.
struct BigInteger: ~Copyable {
  private let value: UnsafeMutablePointer<__mpz_struct>

  init(_ small: UInt = 0) {
    value = .allocate(capacity: 1)
    __gmpz_init_set_ui(value, small)
  }

  /// Least significant word first.
  init(words: UnsafePointer<UInt>, count: Int) {
    self.init()
    __gmpz_import(value, count, -1, MemoryLayout<UInt>.size, 0, 0, words)
  }

  init(words: [UInt]) {
    self.init()
    __gmpz_import(value, words.count, -1, MemoryLayout<UInt>.size, 0, 0, words)
  }

  init(bigEndian bytes: [UInt8]) {
    self.init()
    __gmpz_import(value, bytes.count, 1, 1, 0, 0, bytes)
  }

  deinit {
    ck_wipe(value.pointee._mp_d, Int(value.pointee._mp_alloc) * MemoryLayout<UInt>.size)
    __gmpz_clear(value)
    value.deallocate()
  }
}

extension BigInteger {
  var bitWidth: Int { isZero ? 0 : __gmpz_sizeinbase(value, 2) }
  var isZero: Bool { value.pointee._mp_size == 0 }
  var isOdd: Bool { lowWord & 1 == 1 }
  var isOne: Bool { __gmpz_cmp_ui(value, 1) == 0 }
  /// The number modulo 2⁶⁴.
  var lowWord: UInt { __gmpz_get_ui(value) }
  var isPerfectPower: Bool { __gmpz_perfect_power_p(value) != 0 }

  /// Baillie-PSW and some rounds of Miller-Rabin: a composite passes with less than 4⁻⁸ by chance,
  /// and none is known that passes at all.
  var isProbablyPrime: Bool { __gmpz_probab_prime_p(value, 32) != 0 }

  /// The lowest `count` words, least significant first.
  func words(_ count: Int) -> [UInt] {
    var words = [UInt](repeating: 0, count: count)
    words.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { write(to: start, count: count) }
    }
    return words
  }

  func write(to words: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<count { words[index] = __gmpz_getlimbn(value, index) }
  }

  /// Fixed width, most significant byte first; higher bytes are left out.
  func bigEndian(_ count: Int) -> [UInt8] {
    let words = words((count + 7) / 8)
    return (0..<count).reversed().map { UInt8(truncatingIfNeeded: words[$0 / 8] >> ($0 % 8 * 8)) }
  }
}

extension BigInteger {
  static func * (one: borrowing BigInteger, other: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_mul(result.value, one.value, other.value)
    return result
  }

  static func + (one: borrowing BigInteger, other: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_add(result.value, one.value, other.value)
    return result
  }

  /// The difference without its sign.
  func distance(to other: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_sub(result.value, value, other.value)
    __gmpz_abs(result.value, result.value)
    return result
  }

  /// The number less one; it must not be zero.
  func lessOne() -> BigInteger {
    let result = BigInteger()
    __gmpz_sub_ui(result.value, value, 1)
    return result
  }

  static func % (number: borrowing BigInteger, modulus: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_fdiv_r(result.value, number.value, modulus.value)
    return result
  }

  static func / (number: borrowing BigInteger, divisor: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_fdiv_q(result.value, number.value, divisor.value)
    return result
  }

  func power(
    _ exponent: borrowing BigInteger, modulo modulus: borrowing BigInteger
  ) -> BigInteger {
    let result = BigInteger()
    __gmpz_powm(result.value, value, exponent.value, modulus.value)
    return result
  }

  /// nil without one.
  func inverse(modulo modulus: borrowing BigInteger) -> BigInteger? {
    let result = BigInteger()
    guard __gmpz_invert(result.value, value, modulus.value) != 0 else { return nil }
    return result
  }

  func divisor(with other: borrowing BigInteger) -> BigInteger {
    let result = BigInteger()
    __gmpz_gcd(result.value, value, other.value)
    return result
  }

  static func == (one: borrowing BigInteger, other: borrowing BigInteger) -> Bool {
    __gmpz_cmp(one.value, other.value) == 0
  }

  static func < (one: borrowing BigInteger, other: borrowing BigInteger) -> Bool {
    __gmpz_cmp(one.value, other.value) < 0
  }

  static func powerOfTwo(_ exponent: Int) -> BigInteger {
    let result = BigInteger()
    __gmpz_setbit(result.value, UInt(exponent))
    return result
  }

  /// The product of all primes up to a bound.
  static func primorial(_ bound: Int) -> BigInteger {
    let result = BigInteger()
    __gmpz_primorial_ui(result.value, UInt(bound))
    return result
  }
}
