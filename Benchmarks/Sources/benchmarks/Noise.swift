import MoiraCrypto
import MoiraPrivacy

/// Discrete Gaussian noise from the buffered secure generator, as training draws it, on one core.
func measureNoise(_ bench: Bench) throws {
  let count = 1 << 20
  let generator = BufferedSecureGenerator()
  for (name, deviation) in [("2³⁰", 1 << 30), ("2⁴⁰", 1 << 40), ("3", 3)] as [(String, UInt64)] {
    let gaussian = try DiscreteGaussian(standardDeviation: deviation)
    var times: [Double] = []
    var sum: Int64 = 0
    for _ in 0..<7 {
      times.append(
        seconds {
          var generator = generator
          for sample in gaussian.samples(count: count, using: &generator) { sum &+= sample & 1 }
        })
    }
    precondition(sum > 0)
    let speed = Double(count) / times.best / 1e6
    bench.board.add(
      nil, "discrete Gaussian, σ = \(name), with its generator, one core",
      "\(speed.formatted(2)) M/s (median \((Double(count) / times.median / 1e6).formatted(2)))",
      ratio: speed / 5, wanted: "≥ 5 M/s", isMet: speed >= 5)
  }
}
