internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPrivacy
internal import MoiraProtocols

extension Pool {
  /// The mean of the clients' updates, each shortened and noisy or with noise in the sum.
  ///
  /// Every client counts once, whatever rows it has: how many are in the sum is a slot of it. Values
  /// that are no numbers count as zeros: that there were some is told to nobody.
  ///
  /// - Parameters:
  ///   - isCentral: whether the arbiter adds the noise, and not each client a share.
  ///   - generator: a secure one.
  mutating func noisyMean(
    of own: [Double]?, _ gaussian: UpdateGaussian, isCentral: Bool, name: String,
    using generator: inout some RandomNumberGenerator
  ) async throws -> [Double] {
    let count = gaussian.dimension
    var noise: [UInt64]?
    if isCentral == (own == nil) {
      noise = gaussian.noise.samples(count: count, using: &generator).map {
        Self.word($0, gaussian)
      }
    }
    let words = own.map { update in
      var words = gaussian.grid.integers(of: update).map { Self.word($0, gaussian) }
      if let noise { words = zip(words, noise).map { $0 &+ $1 } }
      return words + [1]
    }
    let sum = try await total(
      words, count: count + 1, name: name, noise: own == nil ? noise.map { $0 + [0] } : nil)
    do {
      let parties = Double(max(1, try fixedPoint.decodeCounts([sum[count]])[0]))
      return try fixedPoint.decodeReals(Array(sum[..<count])).map { $0 / parties }
    } catch {
      throw named(error.failure, name)
    }
  }

  /// Steps of the grid in the ring, whose unit is a whole part of a step. Integers only.
  private static func word(_ steps: Int64, _ gaussian: UpdateGaussian) -> UInt64 {
    UInt64(bitPattern: steps) << UInt64(FixedPoint.fractionBits - gaussian.grid.fractionBits)
  }
}
