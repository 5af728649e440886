/// A request's target, taken apart: `/v2/job/query?job_id=1&role=guest`.
struct QueryText {
  let path: String
  /// In the order in which they stand; a key may stand several times.
  let entries: [(key: String, value: String)]

  /// Nil when an escape is none, or the text is no UTF-8.
  init?(_ target: String) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = Self.decoded(parts[0], plusIsBlank: false) else { return nil }
    self.path = path
    var entries: [(key: String, value: String)] = []
    for one in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let pair = one.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = Self.decoded(pair[0], plusIsBlank: true),
        let value = pair.count > 1 ? Self.decoded(pair[1], plusIsBlank: true) : ""
      else { return nil }
      entries.append((key, value))
    }
    self.entries = entries
  }

  private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+") where plusIsBlank: bytes.append(0x20)
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy(isHexadecimalDigit),
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
