internal import MoiraConfig
internal import MoiraModel

/// Why a text is no JSON.
struct JSONFault: Error, Equatable {
  let reason: String
  /// From 1; columns count bytes.
  let line: Int
  let column: Int
}

/// Reads JSON (RFC 8259) in one pass with an explicit stack, so that no text can exhaust ours.
///
/// Stricter than the RFC in two points: a key may stand once in an object, and text must be UTF-8.
struct JSONText {
  private let bytes: [UInt8]
  private var place = 0
  private var values = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A list or object that is still open.
  private enum Open {
    case list([ConfigNode])
    case object(ConfigMap, keys: Set<String>, key: String?)
  }

  static func read(_ bytes: [UInt8]) throws(JSONFault) -> ConfigNode {
    var reader = JSONText(bytes)
    let node = try reader.document()
    reader.skipBlanks()
    if reader.place < reader.bytes.count { throw reader.fault("text goes on after its value") }
    return node
  }

  private mutating func document() throws(JSONFault) -> ConfigNode {
    var stack: [Open] = []
    while true {
      skipBlanks()
      var done: ConfigNode?
      if let opened = try opening() {
        stack.append(opened)
        if stack.count > FlowLimits.jsonDepth {
          throw fault("lists and objects nest deeper than \(FlowLimits.jsonDepth)")
        }
        done = try closing(&stack, isFirst: true)
      } else {
        done = try scalar()
      }
      while let value = done {
        guard !stack.isEmpty else { return value }
        add(value, to: &stack[stack.count - 1])
        done = try closing(&stack, isFirst: false)
      }
      if case .object(let map, var keys, nil)? = stack.last {
        let key = try key()
        if !keys.insert(key).inserted { throw fault("the key '\(key.prefix(60))' stands twice") }
        stack[stack.count - 1] = .object(map, keys: keys, key: key)
      }
    }
  }

  private mutating func opening() throws(JSONFault) -> Open? {
    guard let byte = peek else { throw fault("text ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "["):
      place += 1
      return .list([])
    case UInt8(ascii: "{"):
      place += 1
      return .object(ConfigMap(), keys: [], key: nil)
    default: return nil
    }
  }

  private mutating func add(_ value: ConfigNode, to open: inout Open) {
    switch open {
    case .list(var list):
      open = .list([])
      list.append(value)
      open = .list(list)
    case .object(var map, let keys, let key):
      open = .list([])
      map.set(.init(key: key ?? "", keySite: nil, value: value))
      open = .object(map, keys: keys, key: nil)
    }
  }

  /// The list or object on top if it ends here; otherwise a comma is passed over.
  private mutating func closing(_ stack: inout [Open], isFirst: Bool) throws(JSONFault)
    -> ConfigNode?
  {
    guard let top = stack.last else { return nil }
    skipBlanks()
    let end: UInt8
    let node: ConfigNode
    switch top {
    case .list(let list): (end, node) = (UInt8(ascii: "]"), ConfigNode(.list(list), at: nil))
    case .object(let map, _, _): (end, node) = (UInt8(ascii: "}"), ConfigNode(.map(map), at: nil))
    }
    if peek == end {
      place += 1
      stack.removeLast()
      try count()
      return node
    }
    if isFirst { return nil }
    guard peek == UInt8(ascii: ",") else {
      throw fault("',' or '\(Character(UnicodeScalar(end)))' should stand here")
    }
    place += 1
    return nil
  }

  private mutating func key() throws(JSONFault) -> String {
    skipBlanks()
    guard peek == UInt8(ascii: "\"") else { throw fault("a key in quotes should stand here") }
    let key = try string()
    skipBlanks()
    guard peek == UInt8(ascii: ":") else { throw fault("':' should stand here") }
    place += 1
    return key
  }

  private mutating func count() throws(JSONFault) {
    values += 1
    if values > FlowLimits.jsonValues {
      throw fault("the text has more than \(FlowLimits.jsonValues) values")
    }
  }

  // MARK: Scalars

  private mutating func scalar() throws(JSONFault) -> ConfigNode {
    try count()
    if peek == UInt8(ascii: "\"") { return ConfigNode(.string(try string()), at: nil) }
    for (word, content) in Self.words where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return ConfigNode(content, at: nil, text: word)
    }
    return try number()
  }

  private static let words: [(String, ConfigNode.Content)] = [
    ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
  ]

  private mutating func number() throws(JSONFault) -> ConfigNode {
    let start = place
    if peek == UInt8(ascii: "-") { place += 1 }
    if peek == UInt8(ascii: "0") { place += 1 } else { try digits() }
    var isWhole = true
    if peek == UInt8(ascii: ".") {
      place += 1
      try digits()
      isWhole = false
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      place += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
      try digits()
      isWhole = false
    }
    if place - start > Self.numberLimit { throw fault("a number has too many digits") }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if isWhole, let whole = Int(text) { return ConfigNode(.int(whole), at: nil, text: text) }
    guard let number = Double(text), number.isFinite else {
      throw fault("the number '\(text.prefix(40))' is too large")
    }
    return ConfigNode(.double(number), at: nil, text: text)
  }

  /// Bytes of one number.
  private static let numberLimit = 400

  private mutating func digits() throws(JSONFault) {
    let start = place
    while let byte = peek, (0x30...0x39).contains(byte) { place += 1 }
    if place == start { throw fault("no value stands here") }
  }

  private mutating func string() throws(JSONFault) -> String {
    place += 1
    var text: [UInt8] = []
    while let byte = peek {
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("a string is no UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault("a string holds a control character")
      default: text.append(byte)
      }
    }
    throw fault("a string does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    guard let byte = peek else { throw fault("a string does not end") }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalarOfEscape()).utf8)
    default: throw fault("'\\' stands before what it cannot escape")
    }
  }

  private mutating func scalarOfEscape() throws(JSONFault) -> Unicode.Scalar {
    let high = try fourDigits()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, bytes[place...].starts(with: "\\u".utf8) else {
      throw fault("half of a surrogate pair stands alone")
    }
    place += 2
    let low = try fourDigits()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault("half of a surrogate pair stands alone") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt32 {
    let digits = bytes[place...].prefix(4)
    guard digits.count == 4, digits.allSatisfy(isHexadecimalDigit),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("'\\u' needs four hexadecimal digits") }
    place += 4
    return value
  }

  // MARK: Places

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = peek,
      byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B && byte != 0x0C
    {
      place += 1
    }
  }

  private func fault(_ reason: String) -> JSONFault {
    let before = bytes[..<min(place, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return JSONFault(reason: reason, line: line, column: column)
  }
}

func isHexadecimalDigit(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
  default: false
  }
}
