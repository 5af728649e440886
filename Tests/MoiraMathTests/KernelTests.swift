import CKernels
import Foundation
import MoiraMath
import MoiraModel
import Testing

/// Every level that this processor has, and not only the one that `best` chooses.
@Suite struct KernelTests {
  static let levels: [Int32] = Array(1..<(ck_widest_level() + 1))

  @Test(arguments: levels, [(1, 1), (7, 4), (8, 8), (9, 9), (100, 13), (512, 21)])
  func `products, dots and residuals are those of the definition`(
    level: Int32, shape: (n: Int, d: Int)
  ) {
    let (n, d) = shape
    let data = RandomRows(seed: 14, n: n, d: d)
    var z = [Double](repeating: 0.5, count: n)
    var (losses, g) = (z, [Double](repeating: 2, count: d))
    DenseBlocks(rows: data.rows).withMatrix { rows in
      ck_add_products(level, rows.base, rows.blockRows, n, d, data.weights, &z)
      #expect(close(z, data.rows.map { 0.5 + dot($0, Array(data.weights[..<d])) }))
      ck_add_dots(level, rows.base, rows.blockRows, n, d, data.rowWeights, &g)
    }
    #expect(close(g, (0..<d).map { j in 2 + dot(data.rows.map { $0[j] }, data.rowWeights) }))
    let logits = z
    ck_logistic_residuals(level, &z, data.labels, &losses, n)
    #expect(close(z, (0..<n).map { 1 / (1 + exp(-logits[$0])) - data.labels[$0] }))
    #expect(close(losses, (0..<n).map { log1p(exp(logits[$0])) - data.labels[$0] * logits[$0] }))
  }

  @Test func `the name of the best kernel tells its level`() {
    #expect(Kernel.nameOfBest == ["portable", "avx2", "avx512"][Int(ck_widest_level())])
  }
}
