import Foundation
public import MoiraModel
public import MoiraRuntime

/// The clock of the machine.
public struct SystemClock: WallClock {
  public init() {}

  public func now() -> Instant {
    Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// Looks again after each sleep: the machine's clock may be set meanwhile.
  public func sleep(until moment: Instant) async throws {
    while true {
      try Task.checkCancellation()
      let wait = moment - now()
      if wait <= .zero { return }
      try await Task.sleep(for: wait)
    }
  }
}
