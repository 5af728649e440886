/// The operating system's secure random generator, by name: the source of keys and of noise that
/// protects.
///
/// The one place of the pure floors that names it. Everything else takes an
/// `inout some RandomNumberGenerator`, so that a test can hand in a seeded one.
public struct SystemSecureGenerator: RandomNumberGenerator, Sendable {
  public init() {}

  /// 64 bits of getrandom(2) on Linux, of arc4random_buf(3) on Darwin.
  public mutating func next() -> UInt64 {
    var system = SystemRandomNumberGenerator()
    return system.next()
  }
}
