internal import MoiraModel

/// One pass over the rows for a linear model with k outputs: z = W·x + b, then the gradient of a loss.
///
/// A block of rows is read from memory once: while it lies in the cache, its logits, the residuals
/// ∂loss/∂z and the products Xᵀ·residuals are made. Groups of blocks are summed apart and added in
/// order; how the groups are cut follows from the number of rows alone, so the sums do not depend on the workers.
struct BlockPass {
  let rows: BlockMatrix
  /// k × d, row-major.
  let weights: UnsafePointer<Double>
  let intercepts: UnsafePointer<Double>
  let outputs: Int
  let workers: Workers
  let loops: Kernel.Loops

  /// What a loss makes of a block: the logits become residuals in place; returns loss and weight.
  typealias Residuals = (_ rows: Range<Int>, _ z: BlockLogits) -> (loss: Double, weight: Double)

  /// The most groups that there are, which bounds the memory for their sums.
  static let groupLimit = 256
  /// The fewest blocks in a group but the last.
  static let leastBlocksInGroup = 16

  private var blocksInGroup: Int {
    max(Self.leastBlocksInGroup, (rows.blockCount + Self.groupLimit - 1) / Self.groupLimit)
  }

  private var groupCount: Int { (rows.blockCount + blocksInGroup - 1) / blocksInGroup }

  private func blocks(ofGroup group: Int) -> Range<Int> {
    let first = group * blocksInGroup
    return first..<min(first + blocksInGroup, rows.blockCount)
  }

  func gradient(_ residuals: Residuals) -> GradientSums {
    let (k, d) = (outputs, rows.columnCount)
    let width = k * d + k + 2
    var groupSums = [Double](repeating: 0, count: width * groupCount)
    groupSums.withUnsafeMutableBufferPointer { buffer in
      guard let sums = buffer.baseAddress else { return }
      workers.each(groupCount) { group in
        addGroup(blocks(ofGroup: group), residuals, into: sums + group * width)
      }
    }
    var total = [Double](repeating: 0, count: width)
    for group in 0..<groupCount {
      for j in 0..<width { total[j] += groupSums[group * width + j] }
    }
    return GradientSums(
      weights: Array(total[..<(k * d)]), intercepts: Array(total[(k * d)..<(k * d + k)]),
      loss: total[k * d + k], weight: total[k * d + k + 1])
  }

  private func addGroup(
    _ blocks: Range<Int>, _ residuals: Residuals, into sums: UnsafeMutablePointer<Double>
  ) {
    let (k, d) = (outputs, rows.columnCount)
    withLogits { z in
      for block in blocks {
        let range = rows.rows(ofBlock: block)
        fill(z, block: block, count: range.count)
        let added = residuals(range, z)
        addGradient(z, block: block, count: range.count, into: sums)
        sums[k * d + k] += added.loss
        sums[k * d + k + 1] += added.weight
      }
    }
  }

  /// Calls `use` with the logits of each block of rows, on whichever worker.
  func logits(_ use: (_ rows: Range<Int>, _ z: BlockLogits) -> Void) {
    workers.each(groupCount) { group in
      withLogits { z in
        for block in blocks(ofGroup: group) {
          let range = rows.rows(ofBlock: block)
          fill(z, block: block, count: range.count)
          use(range, z)
        }
      }
    }
  }

  private func withLogits(_ body: (BlockLogits) -> Void) {
    let stride = rows.blockRows
    withUnsafeTemporaryAllocation(of: Double.self, capacity: (outputs + 2) * stride) { buffer in
      guard let scratch = buffer.baseAddress else { return }
      scratch.initialize(repeating: 0, count: buffer.count)
      body(
        BlockLogits(
          z: scratch, spare: scratch + outputs * stride, outputs: outputs, stride: stride))
    }
  }

  // Few columns at a time, so that they stay in the first cache while each output takes its share.
  private static let columnsAtOnce = 8

  private func fill(_ logits: BlockLogits, block: Int, count: Int) {
    for c in 0..<outputs {
      (logits.z + c * logits.stride).update(repeating: intercepts[c], count: count)
    }
    eachColumns { c, columns in
      loops.addProducts(
        rows.start(ofBlock: block) + columns.lowerBound * rows.blockRows, stride: rows.blockRows,
        count: count, columns: columns.count,
        weights: weights + (c * rows.columnCount + columns.lowerBound),
        into: logits.z + c * logits.stride)
    }
  }

  private func addGradient(
    _ logits: BlockLogits, block: Int, count: Int, into sums: UnsafeMutablePointer<Double>
  ) {
    eachColumns { c, columns in
      loops.addDots(
        rows.start(ofBlock: block) + columns.lowerBound * rows.blockRows, stride: rows.blockRows,
        count: count, columns: columns.count, residuals: logits.z + c * logits.stride,
        into: sums + (c * rows.columnCount + columns.lowerBound))
    }
    for c in 0..<outputs {
      sums[outputs * rows.columnCount + c] += BlockKernel.total(
        logits.z + c * logits.stride, count)
    }
  }

  private func eachColumns(_ body: (_ output: Int, _ columns: Range<Int>) -> Void) {
    let d = rows.columnCount
    if outputs == 1 { return body(0, 0..<d) }
    for first in stride(from: 0, to: d, by: Self.columnsAtOnce) {
      let columns = first..<min(first + Self.columnsAtOnce, d)
      for c in 0..<outputs { body(c, columns) }
    }
  }
}

/// The logits of one block: those of output c for row i at `z[c * stride + i]`.
struct BlockLogits {
  let z: UnsafeMutablePointer<Double>
  /// Room for two numbers a row.
  let spare: UnsafeMutablePointer<Double>
  let outputs: Int
  let stride: Int
}
