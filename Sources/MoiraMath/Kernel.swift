internal import CKernels

/// Which inner loops a pass over the rows uses.
public enum Kernel: String, Hashable, Codable, Sendable, CaseIterable {
  /// The same Swift everywhere, and the same bytes wherever doubles round as IEEE 754 says.
  case portable
  /// The widest vectors that this processor has: AVX-512, AVX2 with FMA, or `portable`.
  ///
  /// The same bytes on one machine, whatever the number of workers. Another processor may differ in the last
  /// bits, since lanes are added in another order and products are fused.
  case best

  /// What `best` is here: `avx512`, `avx2` or `portable`.
  public static var nameOfBest: String {
    switch ck_widest_level() {
    case 2: "avx512"
    case 1: "avx2"
    default: "portable"
    }
  }

  /// The loops to call.
  var loops: Loops { Loops(level: self == .best ? ck_widest_level() : 0) }

  /// The loops of one level: 0 for the portable ones, otherwise those in C.
  struct Loops {
    let level: Int32

    func addProducts(
      _ x: UnsafePointer<Double>, stride: Int, count: Int, columns: Int,
      weights w: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
    ) {
      if level > 0 { return ck_add_products(level, x, stride, count, columns, w, z) }
      BlockKernel.addProducts(
        x, stride: stride, count: count, columns: columns, weights: w, into: z)
    }

    func addDots(
      _ x: UnsafePointer<Double>, stride: Int, count: Int, columns: Int,
      residuals r: UnsafePointer<Double>, into g: UnsafeMutablePointer<Double>
    ) {
      if level > 0 { return ck_add_dots(level, x, stride, count, columns, r, g) }
      BlockKernel.addDots(x, stride: stride, count: count, columns: columns, residuals: r, into: g)
    }

    func logisticResiduals(
      _ z: UnsafeMutablePointer<Double>, _ labels: UnsafePointer<Double>,
      losses: UnsafeMutablePointer<Double>, _ count: Int
    ) {
      if level > 0 { return ck_logistic_residuals(level, z, labels, losses, count) }
      BlockKernel.logisticResiduals(z, labels, losses: losses, count)
    }
  }
}
