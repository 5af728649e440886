/// Numbers x₀ + x₁·m modulo m², as pairs of digits, up to eight at a time.
///
/// In Montgomery's form with R a power of two over m. The product of two pairs is
/// x₀y₀ + (x₀y₁ + x₁y₀)·m; the reduction of x₀y₀ modulo m, q·m + x₀y₀ = R·t, gives the digit t and
/// moves −q into the other digit. Five products of m's length do what takes eight modulo m².
///
/// A pair in memory is 2k words, the digit x₀ first, each least significant word first; k is
/// `digitWords`. Digits that come in are below 4m, and so are those that go out. Time and addresses
/// depend on sizes only, never on digits or exponents.
protocol PairArithmetic: Sendable {
  /// The most pairs in one call.
  static var lanes: Int { get }

  /// - Parameter modulus: m, odd, its highest word not zero.
  init(modulus: borrowing BigInteger)

  /// k: the words of m, and one to spare.
  var digitWords: Int { get }

  /// Raises each of `count` pairs to one power, in place.
  ///
  /// - Parameter bits: How many bits of the exponent count.
  func raise(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, to exponent: UnsafePointer<UInt>, bits: Int)

  /// The powers of a base that `multiply` looks up.
  func table(of base: borrowing BigInteger, positions: Int) -> PairTable

  /// Multiplies each of `count` pairs by a power of the table's base, in place.
  ///
  /// - Parameter digits: The exponents in base 32, eight for each position, least significant
  ///   position first; the l-th is for the l-th pair.
  func multiply(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, by table: PairTable,
    digits: UnsafePointer<UInt8>)
}

/// A fixed-base comb: base^(e·32^i) for each position i and each digit e.
///
/// Brickell, Gordon, McCurley and Wilson, Eurocrypt 1992, with every entry read at each look-up.
final class PairTable: Sendable {
  /// Bits of a digit.
  static let digitBits = 5
  static let entries = 1 << digitBits

  let positions: Int
  let words: WordBuffer

  init(positions: Int, words: Int) {
    self.positions = positions
    self.words = WordBuffer(words)
  }
}

extension PairArithmetic {
  static var lanes: Int { 8 }
}
