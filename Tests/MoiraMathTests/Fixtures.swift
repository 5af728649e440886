import Dispatch
import Foundation
import MoiraMath
import MoiraModel

/// The rows that the reference figures from numpy were made of: 1,300 × 7, three classes.
enum Reference {
  static let (n, d) = (1300, 7)
  static let rows: [[Double]] = (0..<n).map { i in (0..<d).map { value(i, $0) } }
  static let labels = (0..<n).map { ($0 * 7) % 5 < 2 ? 1.0 : 0.0 }
  static let classes = (0..<n).map { Double(($0 * 31) % 7 % 3) }
  static let rowWeights = (0..<n).map { 0.5 + Double(($0 * 3) % 4) / 4 }
  static let weights = [0.3, -1.2, 2.5, 0.0, -0.7, 1.1, 4.0]
  static let intercept = -0.2
  static let classWeights = (0..<(3 * d)).map { classWeight($0 / d, $0 % d) }
  static let classIntercepts = [0.1, -0.2, 0.3]

  private static func value(_ i: Int, _ j: Int) -> Double {
    let number = i * 37 + j * 101 + 13 * i * j * (i % 11)
    return Double(number % 997) / 997 - 0.5
  }

  private static func classWeight(_ c: Int, _ j: Int) -> Double {
    Double((c * 5 + j * 3) % 11) / 4 - 1
  }
}

/// Rows of a shape, labels and weights that follow from a seed.
struct RandomRows {
  var rows: [[Double]]
  var labels: [Double]
  var classes: [Int]
  var rowWeights: [Double]
  var weights: [Double]

  init(seed: UInt64, n: Int, d: Int, classCount: Int = 3) {
    var generator = SeededGenerator(seed: seed)
    rows = (0..<n).map { _ in (0..<d).map { _ in generator.unit() * 4 - 2 } }
    labels = (0..<n).map { _ in generator.unit() < 0.4 ? 1 : 0 }
    classes = (0..<n).map { _ in Int(generator.unit() * Double(classCount)) }
    rowWeights = (0..<n).map { _ in generator.unit() + 0.1 }
    weights = (0..<(d * classCount)).map { _ in generator.unit() - 0.5 }
  }
}

enum Crew {
  /// Real threads.
  static let threads = Workers(count: 4) { iterations, body in
    withoutActuallyEscaping(body) { body in
      let lent = Lent(body: body)
      DispatchQueue.concurrentPerform(iterations: iterations) { lent.body($0) }
    }
  }
  /// From the last iteration to the first.
  static let backwards = Workers(count: 3) { iterations, body in
    for index in (0..<iterations).reversed() { body(index) }
  }
  // @unchecked: lives only as long as the call that lent it.
  private struct Lent: @unchecked Sendable {
    let body: (Int) -> Void
  }
}

/// Whether two numbers agree to a relative error, or to as much absolutely where they are below 1.
func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { close($0, $1, tolerance) }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
