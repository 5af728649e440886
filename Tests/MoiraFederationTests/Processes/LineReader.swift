import Foundation

/// The lines that a process prints, as they come; read by a thread of its own.
final class LineReader: @unchecked Sendable {
  // @unchecked: everything below is touched under the condition's lock only.
  private let condition = NSCondition()
  private var lines: [String] = []
  private var isOver = false

  init(_ handle: FileHandle) {
    Thread.detachNewThread { [self] in
      var rest = Data()
      while true {
        let piece = handle.availableData
        if piece.isEmpty { break }
        rest.append(piece)
        while let end = rest.firstIndex(of: 0x0A) {
          add(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
          rest = Data(rest[(end + 1)...])
        }
      }
      condition.withLock {
        isOver = true
        condition.broadcast()
      }
    }
  }

  private func add(_ line: String) {
    condition.withLock {
      lines.append(line)
      condition.broadcast()
    }
  }

  var all: [String] { condition.withLock { lines } }

  /// How many lines have come; a place to wait from.
  var count: Int { condition.withLock { lines.count } }

  /// Waits for a line that fits, from a place on.
  ///
  /// - Parameter seconds: a bound for what never comes; nothing is measured by it.
  /// - Returns: nil when the process has ended without it, or the time is over.
  func first(
    from place: Int = 0, within seconds: Double = 60, where fits: (String) -> Bool
  ) -> String? {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    var next = place
    while true {
      while next < lines.count {
        if fits(lines[next]) { return lines[next] }
        next += 1
      }
      if isOver || !condition.wait(until: deadline) { return nil }
    }
  }
}
