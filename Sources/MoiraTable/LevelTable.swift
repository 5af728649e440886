/// Gives distinct texts numbers in the order in which they first come. A hash table over bytes.
struct LevelTable {
  /// The texts, one after another; `ends` says where each one ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Index of a text plus one, 0 where free; a power of two of them, at most half of them taken.
  private var slots = [Int32](repeating: 0, count: 64)

  var count: Int { ends.count }

  /// The number of a text, a new one if it has not come yet. O(length) expected.
  mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = XXHash64.hash(UnsafeRawBufferPointer(text))
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      if hashes[known] == hash, isEqual(known, text) { return Int32(known) }
      slot = (slot + 1) & (slots.count - 1)
    }
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    hashes.append(hash)
    slots[slot] = Int32(count)
    if count * 2 > slots.count { grow() }
    return Int32(count - 1)
  }

  /// The text of a number, nil when it is not UTF-8.
  func text(_ code: Int) -> String? {
    String(validating: bytes[start(code)..<ends[code]], as: UTF8.self)
  }

  private func start(_ code: Int) -> Int { code == 0 ? 0 : ends[code - 1] }

  private func isEqual(_ code: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = start(code)
    guard ends[code] - start == text.count else { return false }
    for index in 0..<text.count where bytes[start + index] != text[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(code + 1)
    }
  }
}
