extension ConfigNode.Content {
  /// What a plain (unquoted) scalar means by the core schema of YAML 1.2 (§10.3.2): `no` is a
  /// string, `0o17` and `0x1F` are integers, `.inf` is a number.
  public init(plainScalar text: String) {
    self = Self.word(text) ?? Self.integer(text) ?? Self.real(text) ?? .string(text)
  }

  private static func word(_ text: String) -> Self? {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    case "true", "True", "TRUE": .bool(true)
    case "false", "False", "FALSE": .bool(false)
    case ".nan", ".NaN", ".NAN": .double(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": .double(-.infinity)
    default: nil
    }
  }

  /// `[-+]? [0-9]+`, `0o [0-7]+` or `0x [0-9a-fA-F]+`; past 64 bits it becomes a number.
  private static func integer(_ text: String) -> Self? {
    if text.hasPrefix("0x") { return radixInteger(text, 16) }
    if text.hasPrefix("0o") { return radixInteger(text, 8) }
    var digits = text.utf8[...]
    if let sign = digits.first, sign == plus || sign == minus { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    return Int(text).map { .int($0) } ?? Double(text).map { .double($0) }
  }

  private static func radixInteger(_ text: String, _ radix: Int) -> Self? {
    let digits = text.dropFirst(2)
    let values = digits.compactMap(\.hexDigitValue)
    guard !digits.isEmpty, values.count == digits.count, digits.utf8.count == digits.count,
      values.allSatisfy({ $0 < radix })
    else { return nil }
    if let number = Int(digits, radix: radix) { return .int(number) }
    return .double(values.reduce(0) { $0 * Double(radix) + Double($1) })
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func real(_ text: String) -> Self? {
    var rest = text.utf8[...]
    func take(_ accepts: (UInt8) -> Bool) -> Int {
      let taken = rest.prefix(while: accepts).count
      rest = rest.dropFirst(taken)
      return taken
    }
    if let sign = rest.first, sign == plus || sign == minus { rest = rest.dropFirst() }
    let whole = take(isDigit)
    var fraction = 0
    if rest.first == point {
      rest = rest.dropFirst()
      fraction = take(isDigit)
    }
    guard whole + fraction > 0 else { return nil }
    if let e = rest.first, e == 0x65 || e == 0x45 {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == plus || sign == minus { rest = rest.dropFirst() }
      guard take(isDigit) > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
    // The standard library wants a digit on both sides of the point.
    let lenient = text.hasSuffix(".") ? String(text.dropLast()) : text
    return (Double(lenient) ?? Double(text.replacingPoint())).map { .double($0) }
  }
}

extension String {
  /// `1.e5` as `1.0e5`, `.5` as `0.5`.
  fileprivate func replacingPoint() -> String {
    guard let place = firstIndex(of: ".") else { return self }
    let before = self[..<place]
    let after = self[index(after: place)...]
    let needsZero = before.last?.isNumber != true
    let needsTail = after.first?.isNumber != true
    return before + (needsZero ? "0" : "") + "." + (needsTail ? "0" : "") + after
  }
}

private let plus = UInt8(ascii: "+")
private let minus = UInt8(ascii: "-")
private let point = UInt8(ascii: ".")

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
