/// Writes a tar archive (POSIX.1-1988 ustar) in memory.
struct TarArchive {
  private static let block = 512
  /// Bytes of a name that go into the header; longer ones are split at a `/` into prefix and name.
  private static let nameBytes = 100
  private static let prefixBytes = 155

  private var bytes: [UInt8] = []

  /// - Parameters:
  ///   - name: relative, its folders with `/`; at most 255 bytes.
  ///   - seconds: the time of the last change, since 1970.
  /// - Returns: whether the name could be written.
  mutating func add(_ name: String, _ content: [UInt8], changed seconds: Int64) -> Bool {
    guard let (prefix, rest) = Self.split(name) else { return false }
    var header = [UInt8](repeating: 0, count: Self.block)
    Self.put(rest, at: 0, in: &header)
    Self.put(Self.octal(0o644, 7), at: 100, in: &header)
    Self.put(Self.octal(0, 7), at: 108, in: &header)
    Self.put(Self.octal(0, 7), at: 116, in: &header)
    Self.put(Self.octal(content.count, 11), at: 124, in: &header)
    Self.put(Self.octal(Int(max(0, seconds)), 11), at: 136, in: &header)
    Self.put(Array("        0".utf8), at: 148, in: &header)
    Self.put(Array("ustar\u{0}00".utf8), at: 257, in: &header)
    Self.put(prefix, at: 345, in: &header)
    let sum = header.reduce(0) { $0 + Int($1) }
    Self.put(Self.octal(sum, 6) + [0, 0x20], at: 148, in: &header)
    bytes += header + content
    let over = content.count % Self.block
    if over > 0 { bytes += [UInt8](repeating: 0, count: Self.block - over) }
    return true
  }

  /// The whole archive, with the two empty blocks that end it.
  var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Self.block) }

  private static func split(_ name: String) -> (prefix: [UInt8], name: [UInt8])? {
    let bytes = Array(name.utf8)
    if bytes.count <= nameBytes { return ([], bytes) }
    for place in bytes.indices where bytes[place] == UInt8(ascii: "/") {
      let prefix = bytes[..<place]
      let rest = bytes[(place + 1)...]
      if prefix.count <= prefixBytes, rest.count <= nameBytes {
        return (Array(prefix), Array(rest))
      }
    }
    return nil
  }

  private static func put(_ text: [UInt8], at place: Int, in header: inout [UInt8]) {
    header.replaceSubrange(place..<(place + text.count), with: text)
  }

  private static func octal(_ number: Int, _ digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
  }
}
