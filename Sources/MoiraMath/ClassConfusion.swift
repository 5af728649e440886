/// How often each class was taken for each: k × k row weights, rows the truth, columns the prediction.
public struct ClassConfusion: Hashable, Codable, Sendable {
  public let classCount: Int
  /// Row-major; adds up over parties.
  public private(set) var counts: [Double]

  public init(classCount: Int) {
    precondition(classCount > 0)
    self.classCount = classCount
    counts = Array(repeating: 0, count: classCount * classCount)
  }

  /// - Parameters:
  ///   - truths: classes in 0 ..< k.
  ///   - predictions: classes in 0 ..< k.
  public init(
    truths: [Int], predictions: [Int], classCount: Int, rowWeights: [Double]? = nil
  ) {
    precondition(truths.count == predictions.count)
    precondition(rowWeights?.count ?? truths.count == truths.count)
    self.init(classCount: classCount)
    for i in truths.indices {
      add(truth: truths[i], prediction: predictions[i], weight: rowWeights?[i] ?? 1)
    }
  }

  /// The matrix of `counts`, or nil where they are not k² finite numbers from 0 up.
  public init?(counts: [Double]) {
    let k = Int(Double(counts.count).squareRoot().rounded())
    guard k > 0, k * k == counts.count else { return nil }
    guard counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
    classCount = k
    self.counts = counts
  }

  public mutating func add(truth: Int, prediction: Int, weight: Double = 1) {
    precondition(truth >= 0 && truth < classCount && prediction >= 0 && prediction < classCount)
    counts[truth * classCount + prediction] += weight
  }

  public static func + (left: Self, right: Self) -> Self {
    precondition(left.classCount == right.classCount, "matrices of different classes")
    var sum = left
    for i in sum.counts.indices { sum.counts[i] += right.counts[i] }
    return sum
  }

  public subscript(truth truth: Int, prediction prediction: Int) -> Double {
    counts[truth * classCount + prediction]
  }

  /// One class against all the others.
  public func confusion(of index: Int) -> Confusion {
    let hits = self[truth: index, prediction: index]
    let truths = (0..<classCount).reduce(0) { $0 + self[truth: index, prediction: $1] }
    let predicted = (0..<classCount).reduce(0) { $0 + self[truth: $1, prediction: index] }
    return Confusion(
      truePositives: hits, falsePositives: predicted - hits,
      trueNegatives: total - truths - predicted + hits, falseNegatives: truths - hits)
  }

  public var total: Double { counts.reduce(0, +) }

  public var accuracy: Double? {
    ratio((0..<classCount).reduce(0) { $0 + self[truth: $1, prediction: $1] }, total)
  }
}
