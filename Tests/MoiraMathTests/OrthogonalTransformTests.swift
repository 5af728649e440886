import MoiraModel
import Testing

@testable import MoiraMath

@Suite("secret orthogonal transform")
struct OrthogonalTransformTests {
  private func map(_ dimension: Int, seed: UInt64 = 1) -> OrthogonalTransform {
    var generator = SeededGenerator(seed: seed)
    return OrthogonalTransform(dimension: dimension, using: &generator)
  }

  private func vector(_ dimension: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<dimension).map { _ in generator.unit() * 2 - 1 }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// 2⁻⁵² for each of the at most 4 · 15 operations on a coordinate, of vectors of norm √d.
  private func tolerance(_ dimension: Int) -> Double {
    60 * 0x1p-52 * Double(dimension).squareRoot()
  }

  @Test("columns have length 1 and stand at right angles", arguments: [1, 2, 3, 16, 31, 50])
  func orthogonal(dimension: Int) {
    let map = map(dimension)
    let columns = (0..<dimension).map { column in
      map.apply(to: (0..<dimension).map { $0 == column ? 1 : 0 })
    }
    for i in 0..<dimension {
      for j in 0...i { #expect(abs(dot(columns[i], columns[j]) - (i == j ? 1 : 0)) < 1e-13) }
    }
  }

  @Test("undone it gives the vector back", arguments: [1, 2, 5, 64, 100, 1000, 4097])
  func inverse(dimension: Int) {
    let vector = vector(dimension, seed: 2)
    let map = map(dimension)
    let back = map.undo(map.apply(to: vector))
    for (a, b) in zip(vector, back) { #expect(abs(a - b) <= tolerance(dimension)) }
    let length = dot(vector, vector)
    let moved = map.apply(to: vector)
    #expect(abs(dot(moved, moved) - length) <= 1e-12 * length)
  }

  @Test("a sum of transformed vectors is the transformed sum", arguments: [3, 64, 1000])
  func commutes(dimension: Int) {
    let map = map(dimension)
    let vectors = (1...5).map { vector(dimension, seed: $0) }
    var (sum, moved) = (
      [Double](repeating: 0, count: dimension), [Double](repeating: 0, count: dimension)
    )
    for vector in vectors {
      for (place, value) in vector.enumerated() { sum[place] += value }
      for (place, value) in map.apply(to: vector).enumerated() { moved[place] += value }
    }
    for (a, b) in zip(map.undo(moved), sum) { #expect(abs(a - b) <= 10 * tolerance(dimension)) }
  }

  @Test("the same keys give the same map, others another one, and none leaves vectors alone")
  func keys() {
    let vector = vector(40, seed: 3)
    #expect(map(40, seed: 5).apply(to: vector) == map(40, seed: 5).apply(to: vector))
    #expect(map(40, seed: 5).apply(to: vector) != map(40, seed: 6).apply(to: vector))
    let still = map(40).apply(to: (0..<40).map { $0 == 0 ? 1 : 0 })
    #expect(still.count { abs($0) > 1e-12 } > 20)
  }

  /// Why it is obfuscation: d known pairs, Gauss's elimination, and every other vector is read.
  @Test("whoever knows d pairs reads every other vector")
  func knownPlaintext() {
    let d = 24
    let map = map(d, seed: 9)
    let known = (0..<d).map { vector(d, seed: 100 + UInt64($0)) }
    let secret = vector(d, seed: 77)
    // Seen is Q x; with X the known vectors as rows and Y their images, X · Qᵀ = Y.
    let transposed = solve(known, known.map(map.apply(to:)))
    let seen = map.apply(to: secret)
    let read = (0..<d).map { row in dot(transposed[row], seen) }
    for (a, b) in zip(read, secret) { #expect(abs(a - b) < 1e-9) }
  }

  /// A with X A = Y, by Gauss and Jordan with pivots.
  private func solve(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
    var (x, y) = (x, y)
    for column in x.indices {
      let pivot = (column..<x.count).max { abs(x[$0][column]) < abs(x[$1][column]) } ?? column
      x.swapAt(column, pivot)
      y.swapAt(column, pivot)
      let lead = x[column][column]
      x[column] = x[column].map { $0 / lead }
      y[column] = y[column].map { $0 / lead }
      for row in x.indices where row != column {
        let factor = x[row][column]
        for place in x.indices { x[row][place] -= factor * x[column][place] }
        for place in y[row].indices { y[row][place] -= factor * y[column][place] }
      }
    }
    return y
  }
}
