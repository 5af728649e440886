import MoiraModel

/// Puts together what the chunks of a file kept for themselves: levels, ids, counts of the missing.
struct CSVMerge {
  let chunks: [CSVChunk]
  let draft: TableDraft
  let columns: CSVColumns
  let workers: Workers

  /// Completes the image.
  func finish() throws(CSVError) -> AlignedBytes {
    var schema = columns.schema
    for column in 0..<draft.layout.numericCount {
      draft.missing[column] = chunks.reduce(0) { $0 + $1.missing[column] }
    }
    var place = 0
    for index in schema.features.indices where schema.features[index].kind != .numeric {
      let levels = try mergeLevels(of: schema.features[index].name, chunks.map { $0.levels[place] })
      recode(draft.codes(place), levels.maps)
      schema.features[index].kind = .categorical(levels: levels.all)
      place += 1
    }
    if let label = schema.label, chunks.first?.rules.readsTextLabels == true {
      let levels = try mergeLevels(of: label.name, chunks.map(\.labelLevels))
      recode(draft.labels, levels.maps)
      schema.label?.kind = .categorical(levels: levels.all)
    }
    let idByteCount = placeIDs()
    if draft.layout.hasID, let twice = UniqueIDs.firstDuplicate(in: draft, workers: workers) {
      throw .duplicateID(first: twice.first + 1, second: twice.second + 1)
    }
    return draft.finish(schema, idByteCount: idByteCount)
  }

  /// All levels in sorted order, and each chunk's way from its own numbers to those.
  private func mergeLevels(
    of column: String, _ tables: [LevelTable]
  ) throws(CSVError) -> (all: [String], maps: [[Int32]]) {
    var texts: [[String]] = []
    for table in tables { texts.append((0..<table.count).map { table.text($0) ?? "" }) }
    let all = Set(texts.joined()).sorted()
    if all.count > CSVLimits.levels {
      throw .tooManyLevels(column: column, limit: CSVLimits.levels)
    }
    let places = Dictionary(uniqueKeysWithValues: zip(all, Int32(0)...))
    return (all, texts.map { $0.map { places[$0] ?? -1 } })
  }

  private func recode(_ codes: UnsafeMutablePointer<Int32>, _ maps: [[Int32]]) {
    workers.each(chunks.count) { index in
      let map = maps[index]
      for row in chunks[index].rows where codes[row] >= 0 { codes[row] = map[Int(codes[row])] }
    }
  }

  private func recode(_ labels: UnsafeMutablePointer<Double>, _ maps: [[Int32]]) {
    workers.each(chunks.count) { index in
      let map = maps[index]
      for row in chunks[index].rows where !labels[row].isNaN {
        labels[row] = Double(map[Int(labels[row])])
      }
    }
  }

  /// Copies the chunks' ids one after another, and moves their ends along. How many bytes they take.
  private func placeIDs() -> Int {
    guard draft.layout.hasID else { return 0 }
    var starts = [0]
    for chunk in chunks { starts.append(starts[starts.count - 1] + chunk.ids.count) }
    draft.idEnds[0] = 0
    workers.each(chunks.count) { index in
      let chunk = chunks[index]
      for row in chunk.rows { draft.idEnds[row + 1] += UInt64(starts[index]) }
      chunk.ids.withUnsafeBytes { raw in
        guard let base = raw.baseAddress else { return }
        UnsafeMutableRawPointer(draft.ids + starts[index])
          .copyMemory(from: base, byteCount: raw.count)
      }
    }
    return starts[starts.count - 1]
  }
}
