/// The words of Prometheus' text format.
enum MetricText {
  /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
  static func isName(_ text: String) -> Bool { isWord(text, colons: true) }

  /// `[a-zA-Z_][a-zA-Z0-9_]*`; two underscores are the format's own.
  static func isLabel(_ text: String) -> Bool {
    isWord(text, colons: false) && !text.hasPrefix("__")
  }

  private static func isWord(_ text: String, colons: Bool) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: ":"): colons
      default: false
      }
    }
  }

  /// As much of it as is kept: whole characters of Unicode's, of `labelLimit` bytes.
  static func bounded(_ value: String) -> String {
    let limit = ServiceMetrics.labelLimit
    if value.utf8.count <= limit { return value }
    var kept = String.UnicodeScalarView()
    var size = 0
    for scalar in value.unicodeScalars {
      size += UTF8.width(scalar)
      if size > limit { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  static func help(_ text: String) -> String { escaped(text, quotes: false) }
  static func value(_ text: String) -> String { escaped(text, quotes: true) }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension UTF8 {
  /// Bytes of the scalar.
  fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x1_0000: 3
    default: 4
    }
  }
}
