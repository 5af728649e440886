import Foundation

/// What the statistical tests share. Each has a false-alarm rate below 10⁻⁹, and a fixed seed.
enum Statistics {
  /// A normal variable lies further out than this with probability 10⁻⁹, both sides together.
  static let deviations = 6.11

  /// Σ (seen − expected)² / expected over the bins.
  static func chiSquare(_ seen: [Int], expected: [Double]) -> Double {
    zip(seen, expected).reduce(0) {
      $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) / $1.1
    }
  }

  /// What chi-square exceeds with probability 10⁻⁹: Wilson and Hilferty's approximation.
  static func chiSquareLimit(degrees: Int) -> Double {
    let spread = 2 / (9 * Double(degrees))
    return Double(degrees) * pow(1 - spread + 6.0 * spread.squareRoot(), 3)
  }

  /// Whether a share of coins agrees with its probability.
  static func agrees(_ hits: Int, of count: Int, with probability: Double) -> Bool {
    let expected = Double(count) * probability
    let deviation = (expected * (1 - probability)).squareRoot()
    return abs(Double(hits) - expected) <= deviations * deviation + 0.5
  }

  /// Of the standard normal distribution.
  static func normalCumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
}
