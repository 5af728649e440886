import Foundation
import MoiraModel

@testable import MoiraPrivacy

/// Figures of other accountants, and an independent way to the divergence.
enum Reference {
  struct Row: Sendable {
    let noise: Double
    let rate: Double
    let steps: Int
    let delta: Double
    let rdp: Double
    /// By the whole distribution of the privacy loss: what no bound may lie below.
    let pld: Double
  }

  static let rows = [
    Row(noise: 1.0, rate: 1, steps: 1, delta: 1e-5, rdp: 4.7285, pld: 4.3772),
    Row(noise: 1.0, rate: 0.01, steps: 1000, delta: 1e-5, rdp: 2.1014, pld: 1.8282),
    Row(noise: 1.1, rate: 256.0 / 60000, steps: 14040, delta: 1e-5, rdp: 2.5944, pld: 2.3796),
    Row(noise: 0.7, rate: 0.004, steps: 10000, delta: 1e-5, rdp: 5.7730, pld: 5.1211),
    Row(noise: 4.0, rate: 1, steps: 100, delta: 1e-6, rdp: 15.3280, pld: 14.4508),
    Row(noise: 2.0, rate: 0.1, steps: 100, delta: 1e-5, rdp: 2.5806, pld: 2.3374),
    Row(noise: 8.0, rate: 1, steps: 30, delta: 1e-5, rdp: 3.0754, pld: 2.8376),
  ]

  /// ε ↔ σ at q = 0.01, 1000 steps, δ = 1e-5, by the distribution of the privacy loss.
  static let calibrations: [(epsilon: Double, noise: Double)] = [
    (1, 1.4158), (3, 0.8136), (8, 0.5864),
  ]

  static func mechanism(_ noise: Double, _ rate: Double) throws -> SubsampledGaussian {
    try SubsampledGaussian(noiseMultiplier: noise, sampleRate: rate)
  }

  /// log E[(1 + u)^α] with u = q (L − 1), as log(1 + E[(1 + u)^α − 1 − αu]): the trapezoid rule,
  /// which for such a smooth integrand on the whole line is right to many digits.
  static func logMoment(noise: Double, rate: Double, order: Double) -> Double {
    let step = min(0.05 * noise, 0.1 * noise * noise)
    var sum = 0.0
    var x = -12 * noise
    while x < order + 12 * noise {
      let u = rate * expm1((2 * x - 1) / (2 * noise * noise))
      let density = -x * x / (2 * noise * noise)
      let plain = exp(order * log1p(u) + density)
      // Small u: the three terms cancel, so their series is summed instead.
      if abs(u) < 1e-3 {
        let third = (order - 2) / 3 * u * (1 + (order - 3) / 4 * u * (1 + (order - 4) / 5 * u))
        sum += exp(density) * order * (order - 1) / 2 * u * u * (1 + third)
      } else {
        sum += plain - (1 + order * u) * exp(density)
      }
      x += step
    }
    return log1p(sum * step / (noise * (2 * Double.pi).squareRoot()))
  }
}
