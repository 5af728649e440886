extension ConfigValue {
  /// The value as JSON (RFC 8259).
  ///
  /// - Parameters:
  ///   - indent: spaces a level; nil for one line without spaces.
  ///   - sorted: keys in the order of their bytes, so that equal values give equal text.
  public func json(indent: Int? = nil, sorted: Bool = false) -> String {
    var text = ""
    writeJSON(into: &text, indent: indent, sorted: sorted, depth: 0)
    return text
  }

  private func writeJSON(into text: inout String, indent: Int?, sorted: Bool, depth: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += String(number)
    case .double(let number): text += numberJSON(number)
    case .string(let string): appendQuoted(string, to: &text)
    case .list(let values):
      writeItems(values, ("[", "]"), into: &text, indent, depth) { value, text in
        value.writeJSON(into: &text, indent: indent, sorted: sorted, depth: depth + 1)
      }
    case .map(let entries):
      let ordered = sorted ? entries.sorted { $0.key < $1.key } : entries
      writeItems(ordered, ("{", "}"), into: &text, indent, depth) { entry, text in
        appendQuoted(entry.key, to: &text)
        text += indent == nil ? ":" : ": "
        entry.value.writeJSON(into: &text, indent: indent, sorted: sorted, depth: depth + 1)
      }
    }
  }

  private func writeItems<Item>(
    _ items: [Item], _ brackets: (String, String), into text: inout String, _ indent: Int?,
    _ depth: Int, write: (Item, inout String) -> Void
  ) {
    text += brackets.0
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      breakLine(&text, indent, depth + 1)
      write(item, &text)
    }
    if !items.isEmpty { breakLine(&text, indent, depth) }
    text += brackets.1
  }

  private func breakLine(_ text: inout String, _ indent: Int?, _ depth: Int) {
    guard let indent else { return }
    text += "\n"
    text += String(repeating: " ", count: indent * depth)
  }
}

/// A whole number without `.0`, so that a value is written alike before and after it was decoded.
private func numberJSON(_ number: Double) -> String {
  if let whole = Int(exactly: number) { return String(whole) }
  return number.isFinite ? "\(number)" : "\"\(number)\""
}

private func appendQuoted(_ string: String, to text: inout String) {
  text += "\""
  for scalar in string.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  text += "\""
}
