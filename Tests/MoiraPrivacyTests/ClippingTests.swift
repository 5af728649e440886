import Foundation
import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct ClippingTests {
  /// The gradient of each row is formed, (p − y) ⊗ (x, 1), and its length measured.
  @Test(arguments: [true, false])
  func factorsAgreeWithGradientsThatAreFormed(hasIntercept: Bool) throws {
    var generator = SeededGenerator(seed: 1)
    let clipping = try Clipping(norm: 0.8)
    var (residuals, lengths, gradients): ([Double], [Double], [[Double]]) = ([], [], [])
    for _ in 0..<200 {
      let x = (0..<7).map { _ in generator.unit() * 2 - 1 }
      let residual = (0..<3).map { _ in generator.unit() - 0.5 }
      residuals.append(length(residual))
      lengths.append(length(x))
      gradients.append(residual.flatMap { r in (x + (hasIntercept ? [1] : [])).map { r * $0 } })
    }
    let rows = clipping.rowFactors(
      residualNorms: residuals, rowNorms: lengths, hasIntercept: hasIntercept)
    var clipped = 0
    for (factor, gradient) in zip(rows.factors, gradients) {
      let plain = min(1, 0.8 / length(gradient))
      #expect(abs(factor - plain) < 1e-12)
      #expect(length(gradient.map { $0 * factor }) <= 0.8 * (1 + 1e-12))
      if plain < 1 { clipped += 1 }
    }
    #expect(rows.clippedCount == clipped)
    #expect(clipped > 10 && clipped < 190)
  }

  private func length(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test func whatIsNotFiniteCountsForNothing() throws {
    let clipping = try Clipping(norm: 1)
    let rows = clipping.rowFactors(
      residualNorms: [.nan, .infinity, 1, 1e300, 0, 1e-300], rowNorms: [1, 1, .nan, 1e300, 1e9, 2])
    #expect(rows.factors == [0, 0, 0, 0, 1, 1])
    #expect(rows.clippedCount == 4)
    #expect(clipping.clipped([1, .nan]) == ([0, 0], true))
    #expect(clipping.clipped([-.infinity]) == ([0], true))
  }

  @Test func shortVectorsStayAsTheyAre() throws {
    let clipping = try Clipping(norm: 5)
    #expect(clipping.clipped([3, 4]) == ([3, 4], false))
    #expect(clipping.clipped([]) == ([], false))
    #expect(clipping.clipped([0, -0.0]) == ([0, 0], false))
    #expect(clipping.factor(forNorm: 5) == 1)
  }

  @Test(arguments: [1e-200, 1e-3, 1, 77, 1e200])
  func longVectorsAreShortenedToTheNormAndNeverBeyond(norm: Double) throws {
    let clipping = try Clipping(norm: norm)
    var generator = SeededGenerator(seed: 2)
    for size in [1, 2, 100] {
      let vector = (0..<size).map { _ in (generator.unit() + 0.5) * norm * 3 }
      let (short, wasClipped) = clipping.clipped(vector)
      #expect(wasClipped)
      let relative = length(short.map { $0 / norm })
      #expect(relative <= 1 && relative > 1 - 1e-9)
      let ratio = short[0] / vector[0]
      for (a, b) in zip(short, vector) { #expect(abs(a / b - ratio) < 1e-12 * ratio) }
    }
    #expect(clipping.clipped([.greatestFiniteMagnitude, .greatestFiniteMagnitude]).wasClipped)
  }

  @Test func theProductOfFactorAndLengthNeverExceedsTheNorm() throws {
    var generator = SeededGenerator(seed: 3)
    let clipping = try Clipping(norm: 0.1)
    for _ in 0..<10_000 {
      let length = generator.unit() * 10
      #expect(clipping.factor(forNorm: length) * length <= 0.1)
    }
  }
}
