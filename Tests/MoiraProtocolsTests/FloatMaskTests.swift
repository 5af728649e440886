import MoiraModel
import Testing

/// The scheme of FATE 2.x: masks that are floating-point numbers, added to the fraction and to the
/// integer part of each coordinate apart (fate_utils, `secure_aggregation_helper`, `RandomMix`).
private struct FloatMasks {
  var generators: [(rank: Int, generator: SeededGenerator)]
  let rank: Int

  /// Uniform in ±10⁷, one number for each peer: added towards lower ranks, else taken away.
  mutating func mix(_ values: [Double]) -> [(fraction: Double, whole: Double)] {
    values.map { value in
      var whole = value.rounded(.towardZero)
      var fraction = value - whole
      for index in generators.indices {
        let mask = -1e7 + 2e7 * generators[index].generator.unit()
        let sign: Double = generators[index].rank < rank ? 1 : -1
        whole += sign * mask.rounded(.towardZero)
        fraction += sign * (mask - mask.rounded(.towardZero))
      }
      return (fraction, whole)
    }
  }
}

/// Why masks live in a ring: an attacker that reads float masks. Hostile test 8.
@Suite struct `Masks that are floating-point numbers` {
  static let count = 20_000

  /// Half of the coordinates are zero, the others small reals, as in a sparse update.
  func update() -> [Double] {
    var generator = SeededGenerator(seed: 5)
    return (0..<Self.count).map { $0 % 2 == 0 ? 0 : generator.unit() * 2 - 1 }
  }

  fileprivate func party(_ rank: Int, of parties: Int) -> FloatMasks {
    let peers = (0..<parties).filter { $0 != rank }
    return FloatMasks(
      generators: peers.map { peer in
        let pair = UInt64(min(rank, peer) * parties + max(rank, peer))
        return (peer, SeededGenerator(seed: 1000 + pair))
      }, rank: rank)
  }

  /// A mask of 10⁷ has bits down to 2⁻²⁹; what is finer is the coordinate's own.
  func looksZero(_ fraction: Double) -> Bool {
    let scaled = fraction * 0x1p42
    return scaled == scaled.rounded()
  }

  @Test("cancel in the sum, and tell zero from non-zero coordinates all the same")
  func leak() throws {
    let values = update()
    let zeros = [Double](repeating: 0, count: Self.count)
    var uploads: [[(fraction: Double, whole: Double)]] = []
    for rank in 0..<3 {
      var masks = party(rank, of: 3)
      uploads.append(masks.mix(rank == 0 ? values : zeros))
    }
    for index in values.indices {
      let sum =
        uploads.reduce(0) { $0 + $1[index].fraction } + uploads.reduce(0) { $0 + $1[index].whole }
      #expect(abs(sum - values[index]) < 1e-9)
    }
    let right = zip(uploads[0], values).count { looksZero($0.0.fraction) == ($0.1 == 0) }
    #expect(Double(right) >= 0.99 * Double(Self.count))
  }
}
