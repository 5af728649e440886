import Dispatch
public import MoiraModel
import Synchronization

extension Workers {
  /// Up to `count` threads at a time; they take the next iteration as soon as they are free.
  public static func threads(_ count: Int) -> Workers {
    guard count > 1 else { return .serial }
    return Workers(count: count) { iterations, body in
      let next = Atomic(0)
      withoutActuallyEscaping(body) { body in
        let lent = Lent(body: body)
        DispatchQueue.concurrentPerform(iterations: min(count, iterations)) { _ in
          while true {
            let iteration = next.add(1, ordering: .relaxed).oldValue
            guard iteration < iterations else { return }
            lent.body(iteration)
          }
        }
      }
    }
  }

  // @unchecked: lives only as long as the call that lent it, and its iterations are independent.
  private struct Lent: @unchecked Sendable {
    let body: (Int) -> Void
  }
}
