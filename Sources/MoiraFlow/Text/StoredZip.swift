/// Writes and reads zip archives whose files are stored as they are (PKWARE APPNOTE, method 0).
enum StoredZip {
  struct Entry: Equatable {
    let name: String
    let content: [UInt8]
  }

  /// Why an archive cannot be read.
  enum Fault: Error, Equatable {
    case notAZip
    case truncated
    case compressed(String)
    case checksum(String)
    case name(String)
    case tooMany(Int)
  }

  /// Files in one archive.
  static let entryLimit = 10_000

  static func write(_ entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let name = Array(entry.name.utf8)
      let offset = bytes.count
      let common = common(of: entry, name)
      bytes += le32(0x0403_4b50) + le16(20) + common + name + entry.content
      directory += le32(0x0201_4b50) + le16(20) + le16(20) + common + le16(0) + le16(0) + le16(0)
      directory += le32(0) + le32(offset) + name
    }
    let start = bytes.count
    bytes += directory + le32(0x0605_4b50) + le16(0) + le16(0) + le16(entries.count)
    return bytes + le16(entries.count) + le32(directory.count) + le32(start) + le16(0)
  }

  /// From the flags to the lengths of name and extra field: alike in both headers. The time is
  /// 1980-01-01, so that equal files make equal archives.
  private static func common(of entry: Entry, _ name: [UInt8]) -> [UInt8] {
    let size = le32(entry.content.count)
    return le16(0x0800) + le16(0) + le16(0) + le16(0x21) + le32(Int(crc32(entry.content))) + size
      + size + le16(name.count) + le16(0)
  }

  static func read(_ bytes: [UInt8]) throws(Fault) -> [Entry] {
    let reader = Reader(bytes: bytes)
    guard let end = reader.endRecord else { throw .notAZip }
    let count = try reader.number(at: end + 10, 2)
    if count > entryLimit { throw .tooMany(count) }
    var place = try reader.number(at: end + 16, 4)
    var entries: [Entry] = []
    for _ in 0..<count {
      guard try reader.number(at: place, 4) == 0x0201_4b50 else { throw .notAZip }
      let nameLength = try reader.number(at: place + 28, 2)
      let name = String(
        decoding: try reader.slice(at: place + 46, nameLength), as: UTF8.self)
      if !name.hasSuffix("/") { entries.append(try reader.entry(name, directory: place)) }
      let extra = try reader.number(at: place + 30, 2)
      let comment = try reader.number(at: place + 32, 2)
      place += 46 + nameLength + extra + comment
    }
    return entries
  }

  private struct Reader {
    let bytes: [UInt8]

    /// The place of the record that ends the archive; a comment may follow it.
    var endRecord: Int? {
      guard bytes.count >= 22 else { return nil }
      let first = max(0, bytes.count - 22 - 0xFFFF)
      return stride(from: bytes.count - 22, through: first, by: -1).first {
        bytes[$0...].starts(with: [0x50, 0x4b, 0x05, 0x06])
      }
    }

    func entry(_ name: String, directory: Int) throws(Fault) -> Entry {
      let isRelative = !name.hasPrefix("/") && !name.utf8.contains(0x5C)
      let isPlain = !name.split(separator: "/").contains { $0 == ".." || $0 == "." }
      guard isRelative, isPlain else { throw .name(name) }
      guard try number(at: directory + 10, 2) == 0 else { throw .compressed(name) }
      let size = try number(at: directory + 24, 4)
      let local = try number(at: directory + 42, 4)
      guard try number(at: local, 4) == 0x0403_4b50 else { throw .notAZip }
      let start = local + 30 + (try number(at: local + 26, 2)) + (try number(at: local + 28, 2))
      let content = Array(try slice(at: start, size))
      guard Int(crc32(content)) == (try number(at: directory + 16, 4)) else {
        throw .checksum(name)
      }
      return Entry(name: name, content: content)
    }

    func slice(at place: Int, _ count: Int) throws(Fault) -> ArraySlice<UInt8> {
      guard place >= 0, count >= 0, place + count <= bytes.count else { throw .truncated }
      return bytes[place..<(place + count)]
    }

    /// Little-endian.
    func number(at place: Int, _ count: Int) throws(Fault) -> Int {
      try slice(at: place, count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }

  private static func le16(_ number: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
  }

  private static func le32(_ number: Int) -> [UInt8] { le16(number) + le16(number >> 16) }
}

/// CRC-32 of ISO 3309, as zip has it.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(~0) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
}

private let crcTable: [UInt32] = (0..<256).map { start in
  (0..<8).reduce(UInt32(start)) { value, _ in
    value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
  }
}
