import Foundation
import MoiraCrypto
import MoiraModel
import MoiraSim

/// Encryption, decryption and packed vectors under Paillier, in CPU time on one core, and two cores
/// by the wall clock; against phe, and gmpy2 where phe finds it.
func measurePaillier(_ bench: Bench) throws {
  for bits in [2048, 3072] {
    let keys = try PaillierBench(bits: bits)
    for kernel in [PaillierKernel.best, .portable] {
      try keys.measure(kernel, bench)
    }
  }
}

/// A key, and what is encrypted under it.
private struct PaillierBench {
  let bits: Int
  let key: PaillierPrivateKey
  let packing: PaillierPacking
  /// Enough words for some hundred ciphertexts.
  let words: [UInt64]

  init(bits: Int) throws {
    self.bits = bits
    var generator = SeededGenerator(seed: 7)
    key = try .generate(bits: bits, using: &generator)
    guard let packing = PaillierPacking() else { throw Missing("slots of 64 bits") }
    self.packing = packing
    words = (0..<packing.slots(bits: bits) * 256).map { index in
      UInt64(bitPattern: Int64(truncatingIfNeeded: mix64(UInt64(index)) >> 12) - (1 << 51))
    }
  }

  private struct Goal {
    let encrypt, decrypt, packed: Double
  }

  private func goal(_ kernel: PaillierKernel) -> Goal? {
    switch (bits, kernel) {
    case (2048, .best): Goal(encrypt: 5000, decrypt: 1600, packed: 150_000)
    case (2048, .portable): Goal(encrypt: 1200, decrypt: 360, packed: 37_000)
    case (3072, .best): Goal(encrypt: 0, decrypt: 0, packed: 70_000)
    default: nil
    }
  }

  func measure(_ kernel: PaillierKernel, _ bench: Bench) throws {
    let name = kernel == .best ? PaillierKernel.nameOfBest : "portable"
    let goal = goal(kernel)
    let setUp = cpuSeconds { _ = PaillierEncryptor(key.publicKey, kernel: kernel) }
    let encryptor = PaillierEncryptor(key.publicKey, kernel: kernel)
    let decryptor = PaillierDecryptor(key, kernel: kernel)
    var generator = SeededGenerator(seed: 1)
    let made = try encryptor.encrypt(words, packing: packing, using: &generator)
    guard try decryptor.decrypt(made, summands: 1) == words else {
      throw Missing("a plaintext that comes back")
    }
    let encrypt = try best { workers in
      _ = try encryptor.encrypt(words, packing: packing, using: &generator, workers: workers)
    }
    let decrypt = try best { workers in
      _ = try decryptor.decrypt(made, summands: 1, workers: workers)
    }
    let label = "Paillier \(bits), \(name)"
    report(bench, "\(label): encryptions", 256 / encrypt.one, goal?.encrypt, "encrypt")
    report(bench, "\(label): decryptions", 256 / decrypt.one, goal?.decrypt, "decrypt")
    report(bench, "\(label): packed words", Double(words.count) / encrypt.one, goal?.packed, nil)
    bench.board.add(
      nil, "\(label): two cores", "\((256 / encrypt.two).formatted(0))/s",
      ratio: encrypt.wall / encrypt.two, wanted: "2 ×")
    bench.board.add(nil, "\(label): table and kernel's check", setUp.asMilliseconds)
  }

  private func report(
    _ bench: Bench, _ what: String, _ rate: Double, _ goal: Double?, _ reference: String?
  ) {
    let otherRate = reference.flatMap { bench.python.seconds($0, "\(bits)") }.map { 1 / $0 }
    let wanted = goal ?? 0
    bench.board.add(
      nil, what, "\(rate.formatted(0))/s",
      reference: otherRate.map { "phe \($0.formatted(0))/s" } ?? "",
      ratio: otherRate.map { rate / $0 }, wanted: wanted > 0 ? "≥ \(wanted.formatted(0))/s" : "",
      isMet: wanted > 0 ? rate >= wanted : nil)
  }

  /// The best of five: CPU time on one core, wall time on one and on two.
  private func best(
    _ body: (Workers) throws -> Void
  ) rethrows -> (one: Double, wall: Double, two: Double) {
    var one: [Double] = []
    var wall: [Double] = []
    var two: [Double] = []
    for _ in 0..<5 {
      wall.append(try seconds { one.append(try cpuSeconds { try body(.serial) }) })
      two.append(try seconds { try body(.threads(2)) })
    }
    return (one.best, wall.best, two.best)
  }
}
