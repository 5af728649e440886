/// The coefficients by which values at some points give a polynomial's value at another point.
///
/// λᵢ(x) = Πⱼ₍ⱼ≠ᵢ₎ (x − xⱼ) / (xᵢ − xⱼ): Lagrange's. All divisions share one inversion.
///
/// - Parameter x: None of the points.
/// - Complexity: O(t²) products and one inversion.
func lagrangeCoefficients<Field: ShamirField>(
  of points: [Field], at x: Field = .zero
) -> [Field] {
  var product = Field.one
  var divisors: [Field] = []
  for (index, point) in points.enumerated() {
    let distance = x - point
    product = product * distance
    var divisor = distance
    for (other, otherPoint) in points.enumerated() where other != index {
      divisor = divisor * (point - otherPoint)
    }
    divisors.append(divisor)
  }
  return inverses(of: divisors).map { product * $0 }
}

/// The inverses of elements that are not zero, by one inversion (Montgomery's trick).
func inverses<Field: ShamirField>(of elements: [Field]) -> [Field] {
  var before: [Field] = []
  var product = Field.one
  for element in elements {
    before.append(product)
    product = product * element
  }
  var rest = product.inverse
  var result = before
  for index in elements.indices.reversed() {
    result[index] = rest * before[index]
    rest = rest * elements[index]
  }
  return result
}

/// A polynomial's values at some points, by Horner's rule at all points side by side.
///
/// - Parameter coefficients: The constant term first.
func evaluate<Field: ShamirField>(_ coefficients: [Field], at points: [Field]) -> [Field] {
  var values = [Field](repeating: .zero, count: points.count)
  for coefficient in coefficients.reversed() {
    for index in values.indices {
      values[index] = values[index] * points[index] + coefficient
    }
  }
  return values
}

/// What puts secrets together again from the shares of one set of survivors.
///
/// Made once for a set, used for as many secrets as they have shares of.
public struct ShamirInterpolation: Hashable, Sendable {
  /// Whose shares are used, as many as the threshold asks for.
  public let points: [Int]
  private let limbCoefficients: [Mersenne61]

  /// - Parameter points: Different and not zero.
  init(points: [Int]) {
    self.points = points
    limbCoefficients = lagrangeCoefficients(of: points.map { Mersenne61($0) })
  }

  /// The 32-byte secret of these shares.
  ///
  /// - Parameter shares: One of each of `points`, in their order.
  /// - Throws: `ShamirError.otherPoints`; `notOneSecret` if no 32 bytes have these shares. Of
  ///   shares that do not belong together, one in 2⁴⁸ sets passes.
  public func combine(_ shares: [SecretShare]) throws(ShamirError) -> [UInt8] {
    guard shares.map(\.point) == points else { throw .otherPoints }
    var limbs: [UInt64] = []
    for limb in 0..<SecretShare.limbCount {
      var sum = Mersenne61.zero
      for (share, coefficient) in zip(shares, limbCoefficients) {
        sum = sum + share.limbs[limb] * coefficient
      }
      limbs.append(sum.value)
    }
    guard let secret = secretBytes(of: limbs) else { throw .notOneSecret }
    return secret
  }

  /// The shared vector, or the sum of vectors whose shares were added up.
  ///
  /// - Parameter shares: One of each of `points`, in their order.
  /// - Throws: `ShamirError.otherPoints`, `wrongLength` if their counts differ.
  /// - Complexity: O(t² + t·d) products.
  public func combine(
    _ shares: [(point: Int, vector: FieldVector)]
  ) throws(ShamirError) -> FieldVector {
    guard shares.map(\.point) == points else { throw .otherPoints }
    let coefficients = lagrangeCoefficients(of: points.map { Mersenne127($0) })
    var sum = FieldVector(zeros: shares.first?.vector.count ?? 0)
    for (share, coefficient) in zip(shares, coefficients) {
      try sum.add(share.vector, times: coefficient)
    }
    return sum
  }
}
