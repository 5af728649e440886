internal import MoiraModel

/// Which coordinates of an update are sent in each step, the same at all that know the seed.
///
/// A random order of all coordinates is gone through k at a time, then another one: so each waits
/// less than 2⌈d / k⌉ steps for its turn, and all are sent equally often. The sets depend on the seed
/// and the step alone, never on an update: whose coordinates are large, they do not tell.
public struct SharedIndices: Sendable {
  public let dimension: Int
  /// k.
  public let count: Int
  private let seed: UInt64
  private var cycle: UInt64 = 0
  private var waiting: ArraySlice<Int> = []

  /// - Parameter keep: which share of the coordinates is sent in a step, in (0, 1]; rounded up.
  public init(dimension: Int, keep: Double, seed: UInt64) {
    precondition(dimension > 0 && keep > 0 && keep <= 1)
    self.dimension = dimension
    count = Self.count(of: dimension, keep: keep)
    self.seed = seed
  }

  /// k = ⌈keep · d⌉.
  public static func count(of dimension: Int, keep: Double) -> Int {
    min(dimension, max(1, Int((keep * Double(dimension)).rounded(.up))))
  }

  /// The next step's coordinates, ascending; k of them.
  public mutating func next() -> [Int] {
    var chosen = Array(waiting.prefix(count))
    waiting = waiting.dropFirst(count)
    if chosen.count < count {
      // The end of one order is filled up from the next, with what is not in the set already.
      let taken = Set(chosen)
      let fresh = nextOrder()
      let filling = fresh.filter { !taken.contains($0) }.prefix(count - chosen.count)
      chosen += filling
      let used = Set(filling)
      waiting = fresh.filter { !used.contains($0) }[...]
    }
    return chosen.sorted()
  }

  private mutating func nextOrder() -> [Int] {
    var generator = SeededGenerator(seed: seed ^ mix64(cycle &+ 0x5EED))
    cycle += 1
    var order = Array(0..<dimension)
    shuffle(&order, with: &generator)
    return order
  }
}

/// What was not sent of a party's updates so far, to go out when its coordinates have their turn.
///
/// Nothing is lost: after each step, what was sent and what is left add up to what was there.
/// Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory" (arXiv:1809.07599), algorithm 1.
public struct ErrorFeedback: Hashable, Sendable {
  /// What is left, one value a coordinate.
  public private(set) var residual: [Double]

  public init(dimension: Int) { residual = Array(repeating: 0, count: dimension) }

  /// The update together with what was left.
  public mutating func add(_ update: [Double]) {
    precondition(update.count == residual.count)
    for place in residual.indices { residual[place] += update[place] }
  }

  /// Takes the values at the given coordinates out.
  public mutating func take(_ indices: [Int]) -> [Double] {
    indices.map { index in
      defer { residual[index] = 0 }
      return residual[index]
    }
  }

  /// The k coordinates of greatest magnitude, ascending; of equal ones the earlier.
  public func largest(_ count: Int) -> [Int] {
    let order = residual.indices.sorted {
      (-abs(residual[$0]), $0) < (-abs(residual[$1]), $1)
    }
    return order.prefix(count).sorted()
  }
}
