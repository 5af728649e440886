/// The texts that stand for a missing value.
struct CSVMissing: Sendable {
  private let tokens: [[UInt8]]
  private let longest: Int
  /// Those of them that are numbers.
  let values: [Double]

  init(_ texts: [String], _ number: DecimalNumber) {
    tokens = texts.map { Array($0.utf8) }
    longest = tokens.map(\.count).max() ?? -1
    values = tokens.compactMap { token in token.withUnsafeBufferPointer(number.value(of:)) }
  }

  /// Whether a field's text, blanks around it aside, is one of them.
  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = text[...]
    while let first = rest.first, DecimalNumber.isBlank(first) { rest.removeFirst() }
    while let last = rest.last, DecimalNumber.isBlank(last) { rest.removeLast() }
    return rest.count <= longest && tokens.contains { $0.elementsEqual(rest) }
  }
}
