/// A random orthogonal map of vectors, with its inverse: Q x, QᵀQ = 1.
///
/// **This is obfuscation, not encryption.** Who knows d pairs (x, Qx) with independent x solves
/// for Q and reads everything; since norms, distances and angles stay as they are, even without a pair
/// much of a vector shows: that it is zero, that two are alike, how long it is. The same Q must be
/// kept for all rounds of a sum, so pairs add up. It hides updates from a glance, never from an
/// attacker.
///
/// Made of four layers of a random sign for each coordinate, a random permutation, and the
/// Walsh–Hadamard transform of the leading 2ᵏ coordinates, scaled by 2^(−k/2), 2ᵏ being the largest
/// power of two up to d. Each is orthogonal, so a product is; d need be no power of two, and nothing
/// grows. Being linear, it commutes with sums and weighted means but for rounding: each of the at
/// most 4(k + 1) operations on a coordinate errs by at most one part in 2⁵³ of the vector's norm.
///
/// Source for the layers: Ailon and Chazelle, "The fast Johnson–Lindenstrauss transform" (2009), section 2.
public struct OrthogonalTransform: Sendable {
  public static let layerCount = 4

  private struct Layer: Sendable {
    /// 1 or −1.
    let signs: [Double]
    /// Where each coordinate comes from.
    let order: [Int]
  }

  public let dimension: Int
  private let layers: [Layer]
  /// 2ᵏ.
  private let block: Int
  private let scale: Double

  /// Draws a map.
  ///
  /// - Parameter generator: for a secret map a secure one, keyed alike at all that share the map.
  public init(dimension: Int, using generator: inout some RandomNumberGenerator) {
    precondition(dimension > 0)
    self.dimension = dimension
    var block = 1
    while block * 2 <= dimension { block *= 2 }
    self.block = block
    scale = 1 / Double(block).squareRoot()
    layers = (0..<Self.layerCount).map { _ in
      let signs = (0..<dimension).map { _ in generator.next() & 1 == 0 ? 1.0 : -1.0 }
      var order = Array(0..<dimension)
      for last in stride(from: dimension - 1, to: 0, by: -1) {
        order.swapAt(last, Int(Self.uniform(below: UInt64(last) + 1, &generator)))
      }
      return Layer(signs: signs, order: order)
    }
  }

  /// Written out, so that two builds draw the same map.
  private static func uniform(
    below bound: UInt64, _ generator: inout some RandomNumberGenerator
  ) -> UInt64 {
    let least = (0 &- bound) % bound
    while true {
      let (high, low) = generator.next().multipliedFullWidth(by: bound)
      if low >= least { return high }
    }
  }

  /// Q x. O(d log d).
  public func apply(to vector: [Double]) -> [Double] {
    precondition(vector.count == dimension)
    var values = vector
    for layer in layers {
      values = (0..<dimension).map { values[layer.order[$0]] * layer.signs[$0] }
      hadamard(&values)
    }
    return values
  }

  /// Qᵀ y, the inverse. O(d log d).
  public func undo(_ vector: [Double]) -> [Double] {
    precondition(vector.count == dimension)
    var values = vector
    for layer in layers.reversed() {
      hadamard(&values)
      var back = values
      for place in 0..<dimension {
        back[layer.order[place]] = values[place] * layer.signs[place]
      }
      values = back
    }
    return values
  }

  /// Its own inverse, with the scale.
  private func hadamard(_ values: inout [Double]) {
    var width = 1
    while width < block {
      for start in stride(from: 0, to: block, by: 2 * width) {
        for place in start..<(start + width) {
          let (a, b) = (values[place], values[place + width])
          values[place] = a + b
          values[place + width] = a - b
        }
      }
      width *= 2
    }
    for place in 0..<block { values[place] *= scale }
  }
}
