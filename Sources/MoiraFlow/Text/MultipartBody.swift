/// Takes a `multipart/form-data` body (RFC 7578) apart as it comes in.
///
/// Sans-IO: pieces of any size go in, events come out. At most a head and a boundary are held back;
/// what a file holds goes out at once.
struct MultipartBody {
  enum Event: Equatable {
    /// A part begins: its name and, for a file, the name that the client gave it.
    case part(name: String, file: String?)
    /// Some bytes of the part that began last.
    case content([UInt8])
    case partEnd
  }

  /// Why a body is refused.
  enum Fault: Error, Equatable {
    case noBoundary
    case head(String)
    case tooManyParts
    case headTooLong
    /// The body ended before its last boundary.
    case truncated
    case preamble
  }

  private enum Place { case start, head, content, end }

  /// `\r\n--boundary`
  private let boundary: [UInt8]
  private var buffer: [UInt8]
  private var place = Place.start
  private var parts = 0

  /// - Parameter contentType: the header's value: `multipart/form-data; boundary=x`.
  init(contentType: String) throws(Fault) {
    guard let found = Self.parameter("boundary", of: contentType), !found.isEmpty,
      found.utf8.count <= 70
    else { throw .noBoundary }
    boundary = Array("\r\n--\(found)".utf8)
    // The first boundary may stand at the very beginning.
    buffer = Array("\r\n".utf8)
  }

  var isWhole: Bool { place == .end }

  mutating func take(_ bytes: some Collection<UInt8>) throws(Fault) -> [Event] {
    buffer.append(contentsOf: bytes)
    var events: [Event] = []
    while try step(&events) {}
    return events
  }

  /// Whether there may be more to do.
  private mutating func step(_ events: inout [Event]) throws(Fault) -> Bool {
    switch place {
    case .start:
      guard buffer.count >= boundary.count else { return false }
      guard buffer.starts(with: boundary) else { throw .preamble }
      return try afterBoundary(at: 0)
    case .head: return try head(&events)
    case .content:
      if let found = firstRange(of: boundary) {
        if found > 0 { events.append(.content(Array(buffer[..<found]))) }
        events.append(.partEnd)
        buffer.removeFirst(found)
        place = .start
        return true
      }
      let sure = buffer.count - boundary.count + 1
      guard sure > 0 else { return false }
      events.append(.content(Array(buffer[..<sure])))
      buffer.removeFirst(sure)
      return false
    case .end:
      buffer.removeAll()
      return false
    }
  }

  /// `--` ends the body, a line end begins a part.
  private mutating func afterBoundary(at start: Int) throws(Fault) -> Bool {
    let after = start + boundary.count
    guard buffer.count >= after + 2 else { return false }
    let next = buffer[after..<(after + 2)]
    if next.elementsEqual("--".utf8) {
      place = .end
      return true
    }
    guard next.elementsEqual("\r\n".utf8) else { throw .preamble }
    parts += 1
    if parts > FlowLimits.parts { throw .tooManyParts }
    buffer.removeFirst(after)
    place = .head
    return true
  }

  private mutating func head(_ events: inout [Event]) throws(Fault) -> Bool {
    let gap = Array("\r\n\r\n".utf8)
    guard let end = firstRange(of: gap) else {
      if buffer.count > FlowLimits.partHead { throw .headTooLong }
      return false
    }
    if end > FlowLimits.partHead { throw .headTooLong }
    let text = String(decoding: buffer[..<end], as: UTF8.self)
    buffer.removeFirst(end + gap.count)
    let line = text.split(separator: "\r\n").first {
      $0.lowercased().hasPrefix("content-disposition:")
    }
    guard let line, let name = Self.parameter("name", of: String(line)) else {
      throw .head(String(text.drop { $0.isNewline }))
    }
    events.append(.part(name: name, file: Self.parameter("filename", of: String(line))))
    place = .content
    return true
  }

  private func firstRange(of pattern: [UInt8]) -> Int? {
    guard buffer.count >= pattern.count, let first = pattern.first else { return nil }
    var start = buffer.startIndex
    let last = buffer.count - pattern.count
    while start <= last, let found = buffer[start...last].firstIndex(of: first) {
      if buffer[found...].starts(with: pattern) { return found }
      start = found + 1
    }
    return nil
  }

  /// A parameter of a header: `name="file"` or `boundary=x`.
  private static func parameter(_ name: String, of header: String) -> String? {
    var rest = header[...]
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let key = rest[..<equals].lowercased()
      var value = rest[rest.index(after: equals)...]
      if value.first == "\"" {
        value = value.dropFirst()
        guard let end = value.firstIndex(of: "\"") else { return nil }
        rest = value[value.index(after: end)...]
        value = value[..<end]
      } else {
        value = value.prefix { $0 != ";" && $0 != " " }
      }
      if key == name { return String(value) }
    }
    return nil
  }
}
