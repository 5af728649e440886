public import MoiraModel

extension Table {
  /// A new image with the given rows, in the given order. Where a row is taken more than once, the
  /// ids of its copies are told apart: `a`, `a#2`, `a#3`.
  ///
  /// - Complexity: O(rows taken × columns).
  public func selecting(rows chosen: [Int], workers: Workers = .serial) -> AlignedBytes {
    precondition(chosen.allSatisfy { $0 >= 0 && $0 < rows }, "no such row")
    let suffixes = layout.hasID ? Self.suffixes(of: chosen) : [:]
    let draft = TableDraft(
      schema, rows: chosen.count,
      idByteCount: idByteCount(of: chosen) + suffixes.values.reduce(0) { $0 + $1.count })
    copyNumeric(chosen, to: draft, workers)
    if layout.hasLabel { withLabels { gather($0, chosen, to: draft.labels) } }
    if layout.hasWeight { withWeights { gather($0, chosen, to: draft.weights) } }
    for column in categoricalFeatures.indices {
      gather(codeBuffer(column), chosen, to: draft.codes(column))
    }
    copyIDs(chosen, to: draft, suffixes)
    withExtendedLifetime(owner) {}
    return draft.finish(schema)
  }

  /// What is put behind the ids of rows that were taken before, by place.
  private static func suffixes(of chosen: [Int]) -> [Int: [UInt8]] {
    if zip(chosen, chosen.dropFirst()).allSatisfy({ $0 < $1 }) { return [:] }
    var taken: [Int: Int] = [:]
    var suffixes: [Int: [UInt8]] = [:]
    for (index, row) in chosen.enumerated() {
      let count = taken[row, default: 0] + 1
      taken[row] = count
      if count > 1 { suffixes[index] = Array("#\(count)".utf8) }
    }
    return suffixes
  }

  /// A new image in which `transform` has changed the numeric values, as for scaling or filling in.
  ///
  /// - Parameters:
  ///   - workers: Who calls `transform`; several of them at once for different blocks.
  ///   - transform: Gets a column's index among `numericFeatures`, the first row of a piece, and the
  ///     piece's values (at most 512), to change in place. NaN is a missing value, before and after.
  public func replacingNumeric(
    workers: Workers = .serial,
    _ transform: (_ column: Int, _ firstRow: Int, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> AlignedBytes {
    let draft = TableDraft(schema, rows: rows, idByteCount: layout.idByteCount)
    UnsafeMutableRawBufferPointer(start: draft.image.mutableBytes, count: layout.byteCount)
      .copyMemory(from: bytes)
    workers.each(layout.blocks) { block in
      let first = block * Self.blockRows
      for column in numericFeatures.indices {
        let piece = UnsafeMutableBufferPointer(
          start: draft.piece(block: block, column: column),
          count: min(Self.blockRows, rows - first))
        transform(column, first, piece)
      }
    }
    withExtendedLifetime(owner) {}
    draft.countMissing()
    return draft.finish(schema)
  }

  /// A new image in which the codes and labels follow the levels of another schema, such as the one
  /// that the parties unified. Values whose level the other schema lacks become missing.
  ///
  /// The other schema must have the same columns in the same order: `mismatches(with:)` is empty.
  public func recoded(to other: TableSchema) -> AlignedBytes {
    precondition(schema.mismatches(with: other).isEmpty, "the columns differ")
    var target = schema
    target.features = other.features
    target.label = other.label
    let all = Array(0..<rows)
    let draft = TableDraft(target, rows: rows, idByteCount: layout.idByteCount)
    copyNumeric(all, to: draft, .serial)
    copyLabels(to: draft, levels: other.label?.kind.levels)
    if layout.hasWeight { withWeights { gather($0, all, to: draft.weights) } }
    for (column, feature) in target.categoricalFeatures.enumerated() {
      let map = codeMap(categoricalFeatures[column].kind.levels, feature.kind.levels)
      let codes = draft.codes(column)
      for (row, code) in codeBuffer(column).enumerated() {
        codes[row] = code < 0 ? -1 : map[Int(code)]
      }
    }
    copyIDs(all, to: draft)
    withExtendedLifetime(owner) {}
    return draft.finish(target)
  }

  private func copyNumeric(_ chosen: [Int], to draft: TableDraft, _ workers: Workers) {
    let columns = numericFeatures.count
    withNumericBlocks { source in
      workers.each(draft.layout.blocks) { block in
        let first = block * Self.blockRows
        let last = min(first + Self.blockRows, chosen.count)
        for column in 0..<columns {
          let piece = draft.piece(block: block, column: column)
          for index in first..<last {
            piece[index - first] = source[TableLayout.element(chosen[index], column, of: columns)]
          }
        }
      }
    }
    draft.countMissing()
  }

  private func gather<Value>(
    _ source: UnsafeBufferPointer<Value>, _ chosen: [Int], to target: UnsafeMutablePointer<Value>
  ) {
    for (index, row) in chosen.enumerated() { target[index] = source[row] }
  }

  private func copyLabels(to draft: TableDraft, levels: [String]?) {
    guard layout.hasLabel else { return }
    let map = codeMap(schema.label?.kind.levels, levels)
    withLabels { labels in
      for (row, label) in labels.enumerated() {
        guard !map.isEmpty, !label.isNaN else {
          draft.labels[row] = label
          continue
        }
        let code = map[Int(label)]
        draft.labels[row] = code < 0 ? missingValue : Double(code)
      }
    }
  }

  /// For each level, its index among the other levels, -1 when it is not there.
  private func codeMap(_ levels: [String]?, _ others: [String]?) -> [Int32] {
    let places = Dictionary(
      (others ?? []).enumerated().map { ($0.element, Int32($0.offset)) }
    ) { first, _ in first }
    return (levels ?? []).map { places[$0] ?? -1 }
  }

  private func idByteCount(of chosen: [Int]) -> Int {
    guard layout.hasID else { return 0 }
    let ends = words(at: layout.idEnds, count: rows + 1)
    return chosen.reduce(0) { $0 + Int(ends[$1 + 1] - ends[$1]) }
  }

  private func copyIDs(
    _ chosen: [Int], to draft: TableDraft, _ suffixes: [Int: [UInt8]] = [:]
  ) {
    guard layout.hasID else { return }
    var end = 0
    draft.idEnds[0] = 0
    for (index, row) in chosen.enumerated() {
      withID(at: row) { bytes in
        guard let bytes, let base = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(draft.ids + end).copyMemory(from: base, byteCount: bytes.count)
        end += bytes.count
      }
      for byte in suffixes[index] ?? [] {
        draft.ids[end] = byte
        end += 1
      }
      draft.idEnds[index + 1] = UInt64(end)
    }
  }
}

extension TableDraft {
  /// Counts the missing values of each numeric feature, and gives each the one bit pattern.
  func countMissing() {
    for column in 0..<layout.numericCount { missing[column] = 0 }
    for block in 0..<layout.blocks {
      let count = min(TableLayout.blockRows, layout.rows - block * TableLayout.blockRows)
      for column in 0..<layout.numericCount {
        let piece = piece(block: block, column: column)
        var found: UInt64 = 0
        for index in 0..<count where piece[index].isNaN {
          piece[index] = missingValue
          found += 1
        }
        missing[column] += found
      }
    }
  }
}
