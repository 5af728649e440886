public import MoiraModel

/// The sum of packed vectors under one key, which whoever adds cannot read.
public struct PaillierSum: Sendable {
  private let encryptor: PaillierEncryptor
  private var total: PaillierCiphertexts?

  public init(under encryptor: PaillierEncryptor) { self.encryptor = encryptor }

  /// Adds a vector.
  ///
  /// - Throws: `PaillierError.otherPacking` unless packed as those before; and what
  ///   `PaillierCiphertexts.check` throws. Then nothing is added.
  public mutating func add(
    _ summand: PaillierCiphertexts, workers: Workers = .serial
  ) throws(PaillierError) {
    try summand.check(encryptor.key)
    guard let total else {
      self.total = summand
      return
    }
    guard summand.packing == total.packing, summand.count == total.count else {
      throw .otherPacking
    }
    self.total = PaillierCiphertexts(
      key: total.key, packing: total.packing, count: total.count,
      bytes: encryptor.product(total.bytes, summand.bytes, workers))
  }

  /// The sum of what was added, blinded afresh, so that it is no product that the owner of the key
  /// could take apart; nil without a summand.
  public func finish(
    using generator: inout some RandomNumberGenerator, workers: Workers = .serial
  ) -> PaillierCiphertexts? {
    total.map { encryptor.blinded($0, using: &generator, workers: workers) }
  }
}
