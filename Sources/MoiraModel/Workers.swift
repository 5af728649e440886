/// Who carries out independent iterations: this thread alone, or several at once.
///
/// Handed in, so that the pure floors start no threads. Whoever uses it must give the same result
/// for any `count`: fixed blocks, and block results combined in order.
public struct Workers: Sendable {
  /// How many iterations may run at the same time.
  public let count: Int
  private let perform: @Sendable (_ iterations: Int, _ body: (Int) -> Void) -> Void

  public init(
    count: Int, perform: @escaping @Sendable (_ iterations: Int, _ body: (Int) -> Void) -> Void
  ) {
    self.count = count
    self.perform = perform
  }

  /// Calls `body` with 0 ..< iterations, and returns when all are done.
  public func each(_ iterations: Int, _ body: (Int) -> Void) { perform(iterations, body) }

  /// One after another, on the calling thread.
  public static let serial = Workers(count: 1) { iterations, body in
    for index in 0..<iterations { body(index) }
  }
}
