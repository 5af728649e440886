public import MoiraModel

/// Reads a CSV file (RFC 4180) into a table image.
///
/// The text may start with a byte order mark; lines end in LF or CRLF; blank lines at the end are
/// left out. Labels are numbers when all of them are, and otherwise texts with sorted levels.
/// The same image comes out for any number of workers.
///
/// Two passes, each over chunks in parallel: the first counts the rows of every chunk, so that the
/// second can write each value to its place.
///
/// - Parameters:
///   - bytes: The whole text, such as a mapped file; read in place.
/// - Complexity: O(bytes) time. Memory: the image, and for ids the chunks' copies.
/// - Throws: `CSVError`: the first flaw in the order of the file.
public func readCSV(
  _ bytes: UnsafeRawBufferPointer, options: CSVOptions = CSVOptions(), workers: Workers = .serial
) throws(CSVError) -> AlignedBytes {
  try readCSV(bytes, options: options, workers: workers, chunkBytes: 1 << 20)
}

func readCSV(
  _ bytes: UnsafeRawBufferPointer, options: CSVOptions, workers: Workers, chunkBytes: Int
) throws(CSVError) -> AlignedBytes {
  let reader = try CSVReader(bytes.bindMemory(to: UInt8.self), options, workers, chunkBytes)
  return try reader.read()
}

/// Reading one file.
private struct CSVReader {
  typealias Bytes = UnsafePointer<UInt8>

  let text: UnsafeBufferPointer<UInt8>
  let dialect: CSVDialect
  let options: CSVOptions
  let workers: Workers
  let columns: CSVColumns
  /// The rows, without the header and the blank lines at the end.
  let body: UnsafeBufferPointer<UInt8>
  let chunkBytes: Int

  init(
    _ text: UnsafeBufferPointer<UInt8>, _ options: CSVOptions, _ workers: Workers,
    _ chunkBytes: Int
  ) throws(CSVError) {
    self.text = text
    self.options = options
    self.workers = workers
    self.chunkBytes = chunkBytes
    dialect = try CSVDialect(options)
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
      throw .notUTF8(CSVPlace(row: 0, line: 1), column: nil)
    }
    var content = text[...]
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content.removeFirst(3) }
    while let last = content.last, last == CSVDialect.newline || last == CSVDialect.carriageReturn {
      content.removeLast()
    }
    let all = UnsafeBufferPointer(rebasing: content)
    guard let start = all.baseAddress, all.count > 0 else { throw .emptyFile }
    let end = start + all.count
    let header = try Self.header(start, end, dialect, options)
    guard header.next < end else { throw .noRows }
    columns = try CSVColumns(header.names, options)
    body = UnsafeBufferPointer(start: header.next, count: end - header.next)
  }

  private static func header(
    _ start: Bytes, _ end: Bytes, _ dialect: CSVDialect, _ options: CSVOptions
  ) throws(CSVError) -> (names: [String], next: Bytes) {
    if options.hasHeader { return try CSVRecord.names(at: start, to: end, dialect) }
    let count = max(1, CSVRecord.count(at: start, to: end, dialect))
    guard count <= CSVLimits.columns else {
      throw .tooManyColumns(found: count, limit: CSVLimits.columns)
    }
    let names = options.names ?? (0..<count).map { "c\($0)" }
    guard names.count == count else { throw .nameCount(expected: count, found: names.count) }
    return (names, start)
  }

  func read() throws(CSVError) -> AlignedBytes {
    let pieces = pieces()
    guard let rows = pieces.last?.rows.upperBound else { throw .noRows }
    guard rows <= CSVLimits.rows else { throw .tooManyRows(found: rows, limit: CSVLimits.rows) }
    let draft = TableDraft(
      columns: columns.schema, rows: rows, idByteCapacity: options.id == nil ? 0 : body.count)
    let chunks = try parse(pieces, into: draft)
    let merge = CSVMerge(chunks: chunks, draft: draft, columns: columns, workers: workers)
    return try merge.finish()
  }

  /// A chunk's rows: those that start in it.
  private struct Piece {
    let start: Bytes
    let rows: Range<Int>
  }

  /// Finds where rows start, chunk by chunk.
  private func pieces() -> [Piece] {
    guard let base = body.baseAddress else { return [] }
    var scans = [CSVScan?](repeating: nil, count: (body.count + chunkBytes - 1) / chunkBytes)
    scans.withUnsafeMutableBufferPointer { scans in
      workers.each(scans.count) { index in
        let range = index * chunkBytes..<min((index + 1) * chunkBytes, body.count)
        scans[index] = CSVScan(
          UnsafeBufferPointer(rebasing: body[range]), quote: dialect.quote)
      }
    }
    var pieces: [Piece] = []
    var row = 0
    var isInQuotes = false
    for (index, scan) in scans.enumerated() {
      guard let scan else { continue }
      let ends = scan.rowEnds(startingInQuotes: isInQuotes)
      if index == 0 {
        pieces.append(Piece(start: base, rows: 0..<ends + 1))
      } else if let first = scan.firstRowEnd(startingInQuotes: isInQuotes) {
        let start = base + index * chunkBytes + first + 1
        pieces.append(Piece(start: start, rows: row..<row + ends))
      }
      row = pieces.last?.rows.upperBound ?? 0
      if scan.isOdd { isInQuotes.toggle() }
    }
    return pieces
  }

  /// Parses all chunks; once more when the labels turn out to be texts.
  private func parse(_ pieces: [Piece], into draft: TableDraft) throws(CSVError) -> [CSVChunk] {
    let missing = CSVMissing(options.missing, DecimalNumber())
    let uses = UnsafeMutableBufferPointer<CSVColumns.Use>.allocate(capacity: columns.uses.count)
    _ = uses.initialize(fromContentsOf: columns.uses)
    defer { uses.deallocate() }
    guard let base = body.baseAddress else { return [] }
    var rules = CSVRules(
      dialect, missing, UnsafeBufferPointer(uses), end: base + body.count, draft)
    rules.readsTextLabels = firstLabelsAreTexts(pieces, rules)
    var chunks = try parse(pieces, rules)
    if !rules.readsTextLabels, chunks.contains(where: \.hasTextLabel) {
      rules.readsTextLabels = true
      chunks = try parse(pieces, rules)
    }
    return chunks
  }

  /// A look at a few rows, which mostly saves the second parse.
  private func firstLabelsAreTexts(_ pieces: [Piece], _ rules: CSVRules) -> Bool {
    guard options.label != nil, let first = pieces.first else { return false }
    let rows = min(pieces.last?.rows.upperBound ?? 0, 64)
    var probe = CSVChunk(rules, rows: 0..<rows, from: first.start)
    probe.parse()
    return probe.hasTextLabel
  }

  private func parse(_ pieces: [Piece], _ rules: CSVRules) throws(CSVError) -> [CSVChunk] {
    var chunks = [CSVChunk?](repeating: nil, count: pieces.count)
    chunks.withUnsafeMutableBufferPointer { chunks in
      workers.each(pieces.count) { index in
        var chunk = CSVChunk(rules, rows: pieces[index].rows, from: pieces[index].start)
        chunk.parse()
        chunks[index] = chunk
      }
    }
    let parsed = chunks.compactMap(\.self)
    if let flaw = parsed.lazy.compactMap(\.flaw).first { throw flaw.error(in: text, columns) }
    return parsed
  }
}
