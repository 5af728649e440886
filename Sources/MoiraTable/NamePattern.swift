/// A name in which `*` stands for any characters, none included, and `?` for exactly one.
struct NamePattern {
  private let pattern: [Character]

  init(_ text: String) { pattern = Array(text) }

  /// Whether it stands for more than itself.
  var isWild: Bool { pattern.contains("*") || pattern.contains("?") }

  /// O(pattern × name) at worst: on a mismatch only the last star takes one character more.
  func matches(_ text: String) -> Bool {
    let name = Array(text)
    var at = 0
    var place = 0
    var retry: (at: Int, place: Int)?
    while place < name.count {
      if at < pattern.count, pattern[at] == "*" {
        retry = (at + 1, place)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[place] {
        at += 1
        place += 1
      } else if let last = retry {
        retry = (last.at, last.place + 1)
        at = last.at
        place = last.place + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
