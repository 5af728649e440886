/// The inner loops over one block of rows, in Swift that any processor runs.
///
/// Written for the baseline of x86-64 and arm64: `a * b + c` and never a fused product, which would be
/// a call of libm for each lane. The element-wise loops are plain, since the compiler makes vectors of
/// them; only sums need their lanes spelled out.
enum BlockKernel {
  /// z[i] += Σⱼ wⱼ · x[j·stride + i] for each of `count` rows.
  static func addProducts(
    _ x: UnsafePointer<Double>, stride: Int, count: Int, columns: Int,
    weights w: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j + 4 <= columns {
      addFourProducts(x + j * stride, stride, count, w + j, z)
      j += 4
    }
    while j < columns {
      let (column, weight) = (x + j * stride, w[j])
      for i in 0..<count { z[i] = z[i] + weight * column[i] }
      j += 1
    }
  }

  @inline(__always)
  private static func addFourProducts(
    _ x: UnsafePointer<Double>, _ stride: Int, _ count: Int, _ w: UnsafePointer<Double>,
    _ z: UnsafeMutablePointer<Double>
  ) {
    let (a, b, c, d) = (x, x + stride, x + 2 * stride, x + 3 * stride)
    let (wa, wb, wc, wd) = (w[0], w[1], w[2], w[3])
    for i in 0..<count {
      z[i] = z[i] + ((wa * a[i] + wb * b[i]) + (wc * c[i] + wd * d[i]))
    }
  }

  /// g[j] += Σᵢ x[j·stride + i] · r[i] over `count` rows.
  static func addDots(
    _ x: UnsafePointer<Double>, stride: Int, count: Int, columns: Int,
    residuals r: UnsafePointer<Double>, into g: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j + 4 <= columns {
      addFourDots(x + j * stride, stride, count, r, g + j)
      j += 4
    }
    while j < columns {
      g[j] += dot(x + j * stride, r, count)
      j += 1
    }
  }

  @inline(__always)
  private static func addFourDots(
    _ x: UnsafePointer<Double>, _ stride: Int, _ count: Int, _ r: UnsafePointer<Double>,
    _ g: UnsafeMutablePointer<Double>
  ) {
    let (a, b, c, d) = (x, x + stride, x + 2 * stride, x + 3 * stride)
    var (sa, sb, sc, sd) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var i = 0
    while i + Lanes.scalarCount <= count {
      let residual = lanes(r, i)
      sa += lanes(a, i) * residual
      sb += lanes(b, i) * residual
      sc += lanes(c, i) * residual
      sd += lanes(d, i) * residual
      i += Lanes.scalarCount
    }
    var (ta, tb, tc, td) = (sum(sa), sum(sb), sum(sc), sum(sd))
    while i < count {
      ta += a[i] * r[i]
      tb += b[i] * r[i]
      tc += c[i] * r[i]
      td += d[i] * r[i]
      i += 1
    }
    g[0] += ta
    g[1] += tb
    g[2] += tc
    g[3] += td
  }

  /// Σᵢ a[i] · b[i].
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var lanesSum = Lanes.zero
    var i = 0
    while i + Lanes.scalarCount <= count {
      lanesSum += lanes(a, i) * lanes(b, i)
      i += Lanes.scalarCount
    }
    var total = sum(lanesSum)
    while i < count {
      total += a[i] * b[i]
      i += 1
    }
    return total
  }

  /// Σᵢ a[i].
  static func total(_ a: UnsafePointer<Double>, _ count: Int) -> Double {
    var lanesSum = Lanes.zero
    var i = 0
    while i + Lanes.scalarCount <= count {
      lanesSum += lanes(a, i)
      i += Lanes.scalarCount
    }
    var total = sum(lanesSum)
    while i < count {
      total += a[i]
      i += 1
    }
    return total
  }

  // Four columns of four lanes and their residuals fill the sixteen registers of the baseline.
  private typealias Lanes = SIMD4<Double>

  @inline(__always)
  private static func lanes(_ pointer: UnsafePointer<Double>, _ index: Int) -> Lanes {
    UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  private static func sum(_ lanes: Lanes) -> Double {
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
  }
}
