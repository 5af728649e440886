internal import MoiraModel

/// Why a secret or a vector cannot be shared, or not be put together again.
public enum ShamirError: Error, Hashable, Sendable {
  /// The threshold must be more than half of the parties, and no more than all.
  case thresholdOutOfRange(Int, parties: Int)
  case partiesOutOfRange(Int)
  case wrongLength(Int)
  case pointOutOfRange(Int)
  case pointTwice(Int)
  case tooFewShares(Int, needed: Int)
  /// The shares are not of the points that the interpolation is for.
  case otherPoints
  /// A number is not below the field's prime.
  case notInField(index: Int)
  /// The shares are not of one 32-byte secret.
  case notOneSecret
  /// No summands of 64 bits give this sum.
  case sumOutOfRange(index: Int)
}

/// Secrets and vectors split among n parties, so that any t put them together, and fewer know
/// nothing. Shamir, "How to share a secret", CACM 22 (1979).
///
/// A polynomial of degree t − 1 has the secret at zero and random values elsewhere; party k = 1 … n
/// holds its value at k. The shares of a sum are the sums of shares. t > n / 2, so that no two
/// sets of t parties are without a party in common.
///
/// Randomness is the AES-256-CTR keystream of 32 bytes drawn from the generator: what t − 1 shares
/// hide, they hide as well as AES does.
public struct ShamirShares: Hashable, Sendable {
  public static let partyLimit = FixedPoint.partyLimit

  /// t.
  public let threshold: Int
  /// n.
  public let parties: Int

  /// - Throws: `ShamirError.partiesOutOfRange`, `thresholdOutOfRange`.
  public init(threshold: Int, parties: Int) throws(ShamirError) {
    guard (1...Self.partyLimit).contains(parties) else { throw .partiesOutOfRange(parties) }
    guard threshold > parties / 2, threshold <= parties else {
      throw .thresholdOutOfRange(threshold, parties: parties)
    }
    self.threshold = threshold
    self.parties = parties
  }

  /// The shares of 32 bytes, of point 1 first.
  ///
  /// The secret is cut into five limbs of 60 bits, each shared over GF(2⁶¹ − 1).
  ///
  /// - Throws: `ShamirError.wrongLength` unless there are 32 bytes.
  /// - Complexity: O(t·n) products for each limb.
  public func split(
    _ secret: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(ShamirError) -> [SecretShare] {
    let limbs = try secretLimbs(of: secret)
    var random = [UInt64](repeating: 0, count: limbs.count * (threshold - 1))
    MaskStream(seed: MaskSeed(using: &generator)).apply(.add, to: &random)
    let points = (1...parties).map { Mersenne61($0) }
    let columns = limbs.enumerated().map { index, limb in
      let start = index * (threshold - 1)
      let coefficients = random[start..<start + threshold - 1].map { Mersenne61(random: $0) }
      return evaluate([limb] + coefficients, at: points)
    }
    return (1...parties).map { point in
      SecretShare(point: point, limbs: columns.map { $0[point - 1] })
    }
  }

  /// What puts together the shares of the first t of these points.
  ///
  /// - Throws: `ShamirError.pointOutOfRange`, `pointTwice`, `tooFewShares`.
  public func interpolation(of points: [Int]) throws(ShamirError) -> ShamirInterpolation {
    var seen: Set<Int> = []
    for point in points {
      guard (1...parties).contains(point) else { throw .pointOutOfRange(point) }
      guard seen.insert(point).inserted else { throw .pointTwice(point) }
    }
    guard points.count >= threshold else {
      throw .tooFewShares(points.count, needed: threshold)
    }
    return ShamirInterpolation(points: Array(points.prefix(threshold)))
  }
}

/// 60 bits of the secret, little-endian, in each limb but the last, which has 16.
private func secretLimbs(of secret: [UInt8]) throws(ShamirError) -> [Mersenne61] {
  guard secret.count == MaskSeed.byteCount else { throw .wrongLength(secret.count) }
  var limbs = [UInt64](repeating: 0, count: SecretShare.limbCount)
  for (index, byte) in secret.enumerated() {
    let (limb, shift) = (index * 8).quotientAndRemainder(dividingBy: limbBits)
    limbs[limb] |= (UInt64(byte) << UInt64(shift)) & limbMask
    if shift > limbBits - 8 { limbs[limb + 1] |= UInt64(byte) >> UInt64(limbBits - shift) }
  }
  return limbs.map { Mersenne61(unchecked: $0) }
}

/// nil if a limb has more bits than limbs of 32 bytes have.
func secretBytes(of limbs: [UInt64]) -> [UInt8]? {
  guard limbs.dropLast().allSatisfy({ $0 <= limbMask }), limbs[4] < 1 << 16 else { return nil }
  return (0..<MaskSeed.byteCount).map { index in
    let (limb, shift) = (index * 8).quotientAndRemainder(dividingBy: limbBits)
    var byte = limbs[limb] >> UInt64(shift)
    if shift > limbBits - 8 { byte |= limbs[limb + 1] << UInt64(limbBits - shift) }
    return UInt8(truncatingIfNeeded: byte)
  }
}

private let limbBits = 60
private let limbMask: UInt64 = (1 << 60) - 1

extension MaskSeed {
  /// 32 new random bytes.
  package init(random generator: inout some RandomNumberGenerator) {
    self.init(using: &generator)
  }

  init(using generator: inout some RandomNumberGenerator) {
    var bytes: [UInt8] = []
    for _ in 0..<4 {
      withUnsafeBytes(of: generator.next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    do {
      try self.init(bytes: bytes)
    } catch {
      preconditionFailure("32 bytes are always a seed")
    }
  }
}
