internal import MoiraKit
internal import MoiraMath
internal import MoiraModel

/// What sparse updates carry from step to step: whose turn it is, and what waits at this party.
struct SparseState: Sendable {
  let index: IndexMethod
  let keep: Double
  var indices: SharedIndices
  /// Of weighted values; a party's own.
  var feedback: ErrorFeedback

  init(_ settings: HomoLR, dimension: Int) {
    index = settings.sparsify.index
    keep = settings.sparsify.keep
    indices = SharedIndices(
      dimension: dimension, keep: keep, seed: UInt64(bitPattern: Int64(settings.seed)))
    feedback = ErrorFeedback(dimension: dimension)
  }
}

extension LogisticTraining {
  /// The mean of the coordinates whose turn it is, zeros elsewhere.
  ///
  /// Each party adds its update to what waits and sends the weighted values at an index set that is
  /// the same for all; under masks a set of its own would leave masks that do not cancel, and which
  /// coordinates are large in one party's update would be told. What is not sent waits.
  mutating func sparseMean(of own: WeightedUpdate?, name: String) async throws -> [Double]? {
    guard var state = sparse else { return try await mean(of: own, name: name) }
    defer { sparse = state }
    let isFinite = own?.values.allSatisfy(\.isFinite) ?? true
    if let own, isFinite { state.feedback.add(own.values) }
    let indices =
      switch state.index {
      case .shared: state.indices.next()
      case .union: try await union(own == nil ? nil : state.feedback, state.indices.count, name)
      }
    let sent = own.map { own in
      var sent = own
      sent.values = isFinite ? state.feedback.take(indices) : indices.map { own.values[$0] }
      return sent
    }
    guard let values = try await mean(of: sent, count: indices.count, name: name) else {
      return nil
    }
    var dense = [Double](repeating: 0, count: problem.parameterCount)
    for (place, index) in indices.enumerated() { dense[index] = values[place] }
    return dense
  }

  /// The union of all parties' k largest coordinates, ascending.
  ///
  /// Found by an exact sum of marks, several coordinates to a word, hidden as all sums are. All
  /// members learn how many parties chose a coordinate, and not which.
  private mutating func union(
    _ feedback: ErrorFeedback?, _ count: Int, _ name: String
  ) async throws -> [Int] {
    let marks = PackedMarks(dimension: problem.parameterCount, parties: task.clients.count)
    let words = feedback.map { marks.words(of: $0.largest(count)) }
    let sum = try await pool.sumCounts(words, count: marks.wordCount, name: "\(name)/index")
    return marks.marked(in: sum)
  }
}

/// Marks of coordinates, packed into counts that add up without carrying into one another.
struct PackedMarks: Hashable, Sendable {
  let dimension: Int
  /// Bits of a coordinate's count: as many as n has.
  let bits: Int
  /// Coordinates in one word: each of n summands stays below 2⁵² / n.
  let perWord: Int

  init(dimension: Int, parties: Int) {
    self.dimension = dimension
    bits = Int.bitWidth - parties.leadingZeroBitCount
    perWord = max(1, (52 - bits) / bits)
  }

  var wordCount: Int { (dimension + perWord - 1) / perWord }

  func words(of marked: [Int]) -> [Int] {
    var words = [Int](repeating: 0, count: wordCount)
    for index in marked { words[index / perWord] |= 1 << (bits * (index % perWord)) }
    return words
  }

  /// The coordinates that any summand has marked, ascending.
  func marked(in sums: [Int]) -> [Int] {
    (0..<dimension).filter { index in
      sums[index / perWord] >> (bits * (index % perWord)) & (1 << bits - 1) > 0
    }
  }
}
