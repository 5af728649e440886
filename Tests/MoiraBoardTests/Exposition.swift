/// A strict reader of Prometheus' text format 0.0.4, as prometheus.io describes it, and no more: each
/// metric's lines together, HELP and TYPE before them and once, each sample once.
struct Exposition {
  struct Sample: Equatable {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  struct Fault: Error {
    let line: String
    let reason: String
  }

  private(set) var samples: [Sample] = []
  private(set) var types: [String: String] = [:]
  private(set) var helps: [String: String] = [:]
  private var current = ""
  private var closed: Set<String> = []

  init(_ text: String) throws {
    guard text.utf8.last == UInt8(ascii: "\n") else {
      throw Fault(line: "", reason: "the last line must end")
    }
    // Scalars: "\r\n" is one character, and no end of a line here.
    for line in text.unicodeScalars.dropLast().split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      try read(String(line))
    }
    try checkHistograms()
  }

  subscript(name: String, labels: [String: String]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private mutating func read(_ line: String) throws {
    func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }
    if line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard words.count == 4, words[0] == "#" else { throw fault("no comment of the format") }
      let name = String(words[2])
      if name != current {
        closed.insert(current)
        current = name
        if closed.contains(name) { throw fault("the lines of a metric must stand together") }
      }
      switch words[1] {
      case "HELP":
        if helps.updateValue(String(words[3]), forKey: name) != nil { throw fault("twice") }
      case "TYPE":
        guard ["counter", "gauge", "histogram"].contains(words[3]) else { throw fault("type") }
        if types.updateValue(String(words[3]), forKey: name) != nil { throw fault("twice") }
      default: throw fault("neither HELP nor TYPE")
      }
      return
    }
    var scanner = Array(line.unicodeScalars)[...]
    let sample = try Self.sample(&scanner, fault)
    let family =
      types[current] == "histogram"
      ? ["_bucket", "_sum", "_count"].map { current + $0 }.contains(sample.name)
      : sample.name == current
    guard family else { throw fault("stands beneath another metric") }
    if self[sample.name, sample.labels] != nil { throw fault("the same sample twice") }
    samples.append(sample)
  }

  private static func sample(
    _ text: inout ArraySlice<Unicode.Scalar>, _ fault: (String) -> Fault
  ) throws -> Sample {
    let name = word(&text, colons: true)
    if name.isEmpty { throw fault("no name") }
    var labels: [String: String] = [:]
    if text.first == "{" {
      repeat {
        text.removeFirst()
        let label = word(&text, colons: false)
        guard !label.isEmpty, text.starts(with: "=\"".unicodeScalars) else {
          throw fault("no label")
        }
        text.removeFirst(2)
        let value = try quoted(&text, fault)
        if labels.updateValue(value, forKey: label) != nil { throw fault("a label twice") }
      } while text.first == ","
      guard text.first == "}" else { throw fault("labels without an end") }
      text.removeFirst()
    }
    guard text.first == " " else { throw fault("no space before the value") }
    let number = text.dropFirst().map(String.init).joined()
    let special = ["+Inf": Double.infinity, "-Inf": -.infinity, "NaN": .nan]
    guard let value = special[number] ?? finite(number) else { throw fault("no number") }
    return Sample(name: name, labels: labels, value: value)
  }

  private static func finite(_ text: String) -> Double? {
    text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?/) == nil ? nil : Double(text)
  }

  private static func word(_ text: inout ArraySlice<Unicode.Scalar>, colons: Bool) -> String {
    var word = ""
    while let next = text.first, next.isASCII,
      next.properties.isAlphabetic || next == "_" || (colons && next == ":")
        || (!word.isEmpty && ("0"..."9").contains(next))
    {
      word.unicodeScalars.append(next)
      text.removeFirst()
    }
    return word
  }

  /// Up to and with the closing quote.
  private static func quoted(
    _ text: inout ArraySlice<Unicode.Scalar>, _ fault: (String) -> Fault
  ) throws -> String {
    var value = String.UnicodeScalarView()
    while let next = text.popFirst() {
      switch next {
      case "\"": return String(value)
      case "\\":
        switch text.popFirst() {
        case "\\": value.append("\\")
        case "\"": value.append("\"")
        case "n": value.append("\n")
        default: throw fault("an escape that the format does not have")
        }
      default: value.append(next)
      }
    }
    throw fault("a value without an end")
  }

  /// Buckets grow, the last is +Inf, and holds as many as the count says.
  private func checkHistograms() throws {
    for name in types.filter({ $0.value == "histogram" }).keys {
      let buckets = samples.filter { $0.name == "\(name)_bucket" }
      let sets = Dictionary(grouping: buckets) { $0.labels.filter { $0.key != "le" } }
      for (labels, rows) in sets {
        let bounds = rows.map {
          $0.labels["le"].map { $0 == "+Inf" ? .infinity : Double($0)! } ?? .nan
        }
        let isSound =
          bounds == bounds.sorted() && bounds.last == .infinity
          && rows.map(\.value) == rows.map(\.value).sorted()
          && rows.last?.value == self["\(name)_count", labels]
          && self["\(name)_sum", labels] != nil
        if !isSound { throw Fault(line: name, reason: "the buckets do not hold together") }
      }
    }
  }
}
