import Foundation
import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct CoinTests {
  private static let flips = 40_000

  private func hits(seed: UInt64, _ coin: (inout RandomBits) -> Bool) -> Int {
    var generator = SeededGenerator(seed: seed)
    return RandomBits.drawing(from: &generator, about: 100) { bits in
      (0..<Self.flips).reduce(0) { count, _ in count + (coin(&bits) ? 1 : 0) }
    }
  }

  @Test func whatTheFirstDigitsDecideIsRight() {
    var generator = SeededGenerator(seed: 11)
    var undecided = 0
    for _ in 0..<20_000 {
      let q = UInt128.random(in: 1...(1 << 60), using: &generator) >> (generator.next() % 60) + 1
      let p = UInt128.random(in: 0...q, using: &generator)
      let k = generator.next() % 16 + 1
      // Half of the draws lie as near to p / (q · k) as can be.
      let edge = UInt64(min((p << 32) / (q * UInt128(k)), (1 << 32) - 1))
      let first = generator.next() & 1 == 0 ? edge : generator.next() >> 32
      // u = (first + f) / 2³² with 0 ≤ f < 1 lies below p / (q · k) for all f, or for none.
      let (least, most) = (UInt128(first) * q * UInt128(k), UInt128(first + 1) * q * UInt128(k))
      switch RandomBits.decides(first, p, q, k) {
      case true: #expect(most <= p << 32)
      case false: #expect(least >= p << 32)
      default: undecided += 1
      }
    }
    #expect(undecided > 1000)
  }

  @Test func theDigitsThatDecideNothingAreGoneThroughExactly() {
    var generator = SeededGenerator(seed: 12)
    RandomBits.drawing(from: &generator, about: 100) { bits in
      for (p, q) in [(1, 3), (2, 7), (0, 5), (123_456_789, 987_654_321)] as [(UInt128, UInt128)] {
        let edge = UInt64((p << 32) / q)
        let below = edge == 0 || bits.bernoulli(p, of: q, after: edge - 1)
        let above = bits.bernoulli(p, of: q, after: edge + 1)
        #expect(below && !above)
      }
    }
    // At the edge the next digits of 1/3 · 2³² decide: a third again.
    let edge = UInt64((1 << 32) / 3)
    let thirds = hits(seed: 13) { $0.bernoulli(1, of: 3, after: edge) }
    #expect(Statistics.agrees(thirds, of: Self.flips, with: 1 / 3))
  }

  @Test func coinsHaveTheirOdds() {
    let large: UInt128 = 1 << 121
    let odds: [(UInt128, UInt128, UInt64)] = [
      (1, 3, 1), (2, 3, 5), (0, 7, 1), (7, 7, 1), (7, 7, 16), (large / 5, large - 1, 1),
      (large / 2, large - 1, 3),
    ]
    for (seed, (p, q, k)) in odds.enumerated() {
      let exact = Double(p) / Double(q) / Double(k)
      let seen = hits(seed: UInt64(seed)) { $0.bernoulli(p, of: q, over: k) }
      #expect(Statistics.agrees(seen, of: Self.flips, with: exact), "\(p) / (\(q) · \(k))")
    }
  }

  @Test func exponentialCoinsHaveTheirOdds() {
    let one = hits(seed: 21) { $0.bernoulliExpOne() }
    #expect(Statistics.agrees(one, of: Self.flips, with: exp(-1)))
    for (seed, (p, q)) in ([(0, 4), (1, 10), (1, 2), (1, 1)] as [(UInt128, UInt128)]).enumerated() {
      let seen = hits(seed: 30 + UInt64(seed)) { $0.bernoulliExp(p, of: q) }
      let exact = exp(-Double(p) / Double(q))
      #expect(Statistics.agrees(seen, of: Self.flips, with: exact), "exp(−\(p)/\(q))")
    }
    let product = hits(seed: 40) { $0.bernoulliExpProduct(2, of: 3, times: 5, of: 7) }
    #expect(Statistics.agrees(product, of: Self.flips, with: exp(-10.0 / 21)))
  }

  /// A generator that gives what it is told, over and over.
  private struct Scripted: RandomNumberGenerator {
    let words: [UInt64]
    var place = 0
    mutating func next() -> UInt64 {
      defer { place += 1 }
      return words[place % words.count]
    }
  }

  @Test func theRareEndsOfTheExponentialCoinFollowTheFactorials() {
    // n out of 12! comes from a half word just above n · 2³² / 12!.
    let factorial = 479_001_600.0
    let ends: [(UInt64, Bool)] = [
      (479_001_599, false), (239_500_800, false), (239_500_799, true), (79_833_600, true),
      (79_833_599, false), (19_958_400, false), (19_958_399, true), (3_991_680, true),
      (3_991_679, false), (132, false), (131, true), (12, true), (11, false), (1, false),
    ]
    for (n, expected) in ends {
      let word = UInt64((Double(n) + 0.5) * 0x1p32 / factorial)
      var generator = Scripted(words: [word | word << 32])
      let seen = RandomBits.drawing(from: &generator, about: 8) { $0.bernoulliExpOne() }
      #expect(seen == expected, "n = \(n)")
    }
  }

  @Test func wordsAreUsedInTheirOrderWhateverTheRoom() {
    let all = [8, 100, 10_000].map { room in
      var generator = SeededGenerator(seed: 3)
      return RandomBits.drawing(from: &generator, about: room) { bits in
        (0..<1000).map { _ in bits.word() }
      }
    }
    var plain = SeededGenerator(seed: 3)
    #expect(all.allSatisfy { $0 == all[0] })
    #expect(all[0] == (0..<1000).map { _ in plain.next() })
  }
}
