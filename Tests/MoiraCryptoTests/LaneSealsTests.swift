import MoiraCrypto
import MoiraModel
import Testing

/// Sequences of pieces between two members: who can open them, and where.
@Suite struct LaneSealsTests {
  private let sender = Self.pair(1)
  private let receiver = Self.pair(2)
  private let stranger = Self.pair(3)
  private let context: [UInt8] = [1, 2, 3]

  private static func pair(_ seed: UInt64) -> SealingKeyPair {
    var generator = SeededGenerator(seed: seed)
    return SealingKeyPair(of: IdentityKeyPair(using: &generator))
  }

  private func seals(_ own: SealingKeyPair? = nil, context: [UInt8]? = nil) -> LaneSeals {
    LaneSeals(from: own ?? sender, to: receiver.publicKey, context: context ?? self.context)
  }

  private func lane(_ opening: [UInt8], at own: SealingKeyPair? = nil) -> LaneOpener? {
    LaneOpener(opening, from: sender.publicKey, to: own ?? receiver, context: context)
  }

  @Test func piecesOpenInTheirOrderAndGrowByTheOverhead() throws {
    var seals = seals()
    var opener = try #require(lane(seals.opening))
    for length in [0, 1, 255, 70_000] {
      let piece = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
      let sealed = seals.seal(piece, isLast: length == 255)
      #expect(sealed.count == length + LaneSeals.overhead)
      #expect(opener.open(sealed, isLast: length == 255) == piece)
    }
  }

  @Test func whatIsRepeatedLeftOutOrTurnedDoesNotOpenAndChangesNothing() throws {
    var seals = seals()
    var opener = try #require(lane(seals.opening))
    let first = seals.seal([1], isLast: true)
    let second = seals.seal([2], isLast: true)
    #expect(opener.open(second, isLast: true) == nil)
    #expect(opener.open(first, isLast: false) == nil)
    #expect(opener.open(first, isLast: true) == [1])
    #expect(opener.open(first, isLast: true) == nil)
    #expect(opener.open(second, isLast: true) == [2])
  }

  @Test func noBitOfAPieceCanBeTurned() throws {
    var seals = seals()
    let opener = try #require(lane(seals.opening))
    let sealed = seals.seal(Array("shares".utf8), isLast: true)
    for bit in 0..<sealed.count * 8 {
      var turned = sealed
      turned[bit / 8] ^= 1 << (bit % 8)
      var copy = opener
      #expect(copy.open(turned, isLast: true) == nil)
    }
  }

  @Test func nobodyElseSealsOrOpens() throws {
    var honest = seals()
    let sealed = honest.seal([7], isLast: true)
    var thief = try #require(lane(honest.opening, at: stranger))
    #expect(thief.open(sealed, isLast: true) == nil)
    var forger = seals(stranger)
    var deceived = try #require(lane(forger.opening))
    #expect(deceived.open(forger.seal([7], isLast: true), isLast: true) == nil)
    var elsewhere = seals(context: [1, 2, 4])
    var moved = try #require(lane(elsewhere.opening))
    #expect(moved.open(elsewhere.seal([7], isLast: true), isLast: true) == nil)
  }

  @Test func anOpeningIsThirtyTwoBytesOfAKeyAndNeverTheSame() {
    #expect(seals().opening.count == 32)
    #expect(seals().opening != seals().opening)
    #expect(lane([]) == nil)
    #expect(lane([UInt8](repeating: 0, count: 31)) == nil)
  }
}
