import MoiraRuntime
import Synchronization

/// Whether the last update has come.
final class UpdateEnd: Sendable {
  private let over = Mutex(false)

  var isOver: Bool { over.withLock { $0 } }

  func note(_ update: JobUpdate) {
    switch update {
    case .ended, .broken: over.withLock { $0 = true }
    default: break
    }
  }
}
