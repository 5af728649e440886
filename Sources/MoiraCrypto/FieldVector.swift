/// A vector over GF(2¹²⁷ − 1): a share of a vector of words, or a sum of such shares.
///
/// Neither description nor mirror shows it.
public struct FieldVector: Hashable, Sendable {
  private(set) var elements: [Mersenne127]

  public var count: Int { elements.count }

  public init(zeros count: Int) { elements = [Mersenne127](repeating: .zero, count: count) }

  init(_ elements: [Mersenne127]) { self.elements = elements }

  /// Words of ℤ₂⁶⁴ as the integers that they stand for in two's complement.
  init(ringWords words: [UInt64]) { elements = words.map { Mersenne127(ringWord: $0) } }

  /// Grows from a seed: its keystream, two words for each element.
  init(seed: MaskSeed, count: Int) {
    var words = [UInt64](repeating: 0, count: 2 * count)
    MaskStream(seed: seed).apply(.add, to: &words)
    elements = (0..<count).map { Mersenne127(random: words[2 * $0], words[2 * $0 + 1]) }
  }

  /// Reads what `words` gave.
  ///
  /// - Throws: `ShamirError.wrongLength` for an odd number, `notInField`.
  public init(words: [UInt64]) throws(ShamirError) {
    guard words.count.isMultiple(of: 2) else { throw .wrongLength(words.count) }
    var elements: [Mersenne127] = []
    elements.reserveCapacity(words.count / 2)
    for index in 0..<words.count / 2 {
      guard let element = Mersenne127(low: words[2 * index], high: words[2 * index + 1]) else {
        throw .notInField(index: index)
      }
      elements.append(element)
    }
    self.elements = elements
  }

  /// Two words for each element, the lower one first.
  public var words: [UInt64] {
    [UInt64](unsafeUninitializedCapacity: 2 * elements.count) { words, count in
      for (index, element) in elements.enumerated() {
        words[2 * index] = UInt64(truncatingIfNeeded: element.value)
        words[2 * index + 1] = UInt64(truncatingIfNeeded: element.value >> 64)
      }
      count = 2 * elements.count
    }
  }

  /// The words of ℤ₂⁶⁴ of a sum of `summands` vectors: what the words would have added up to.
  ///
  /// - Throws: `ShamirError.sumOutOfRange` where so many summands cannot have given the element.
  public func ringWords(summands: Int) throws(ShamirError) -> [UInt64] {
    let limit = UInt128(summands) << 63
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for (index, element) in elements.enumerated() {
      guard let word = element.ringWord(limit: limit) else { throw .sumOutOfRange(index: index) }
      words.append(word)
    }
    return words
  }

  /// Adds a vector of the same length.
  public mutating func add(_ other: FieldVector) throws(ShamirError) {
    guard other.count == count else { throw .wrongLength(other.count) }
    elements.withUnsafeMutableBufferPointer { sum in
      for index in sum.indices { sum[index] = sum[index] + other.elements[index] }
    }
  }

  mutating func add(_ other: FieldVector, times factor: Mersenne127) throws(ShamirError) {
    guard other.count == count else { throw .wrongLength(other.count) }
    elements.withUnsafeMutableBufferPointer { sum in
      other.elements.withUnsafeBufferPointer { other in
        for index in sum.indices { sum[index] = sum[index] + other[index] * factor }
      }
    }
  }
}

extension FieldVector: CustomStringConvertible, CustomReflectable {
  public var description: String { "FieldVector(\(count) elements hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
