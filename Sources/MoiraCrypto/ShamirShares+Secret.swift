internal import MoiraModel

/// One party's share of a 32-byte secret.
///
/// Neither description nor mirror shows it.
public struct SecretShare: Hashable, Sendable {
  static let limbCount = 5
  /// The length of `bytes`.
  public static let byteCount = 2 + 8 * limbCount

  /// Whose share: 1 … n.
  public let point: Int
  let limbs: [Mersenne61]

  init(point: Int, limbs: [Mersenne61]) {
    self.point = point
    self.limbs = limbs
  }

  /// Reads what `bytes` wrote.
  ///
  /// - Throws: `ShamirError.wrongLength`, `pointOutOfRange`, `notInField`.
  public init(bytes: [UInt8]) throws(ShamirError) {
    guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
    let point = Int(bytes[0]) | Int(bytes[1]) << 8
    guard (1...ShamirShares.partyLimit).contains(point) else { throw .pointOutOfRange(point) }
    var limbs: [Mersenne61] = []
    for index in 0..<Self.limbCount {
      var word: UInt64 = 0
      for byte in bytes[2 + 8 * index..<10 + 8 * index].reversed() {
        word = word << 8 | UInt64(byte)
      }
      guard let limb = Mersenne61(word) else { throw .notInField(index: index) }
      limbs.append(limb)
    }
    self.init(point: point, limbs: limbs)
  }

  /// The point as 2 bytes and five limbs as 8 bytes each, little-endian. As secret as the share.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt16(point))
    for limb in limbs { writer.write(limb.value) }
    return writer.bytes
  }
}

extension SecretShare: CustomStringConvertible, CustomReflectable {
  public var description: String { "SecretShare(of point \(point), hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["point": point]) }
}
