@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: the first asks nicely, the second ends the process.
final class Interrupts: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let count = Atomic(0)

  init(onFirst: @escaping @Sendable () -> Void) {
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      sources.append(DispatchSource.makeSignalSource(signal: number, queue: .global()))
    }
    self.sources = sources
    for source in sources {
      source.setEventHandler { [self] in
        if count.add(1, ordering: .relaxed).oldValue == 0 { onFirst() } else { _exit(130) }
      }
      source.activate()
    }
  }

  /// Gives the signals back to the system.
  func end() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
