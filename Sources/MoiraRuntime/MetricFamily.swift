import Synchronization

enum MetricKind: Equatable, Sendable {
  case counter, gauge
  /// Upper bounds, ascending.
  case histogram([Double])

  var name: String {
    switch self {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}

/// What one set of label values has come to.
struct MetricSeries: Sendable {
  /// The count, the gauge's value, or the sum of what was observed.
  var value = 0.0
  /// How many were observed.
  var count: UInt64 = 0
  /// How many of them lay in each bucket, and in none below it.
  var buckets: [UInt64]
}

/// One metric with all of its sets of label values.
final class MetricFamily: Sendable {
  private static let other = "(other)"

  let name: String
  let kind: MetricKind
  private let help: String
  private let labels: [String]
  private let series: Mutex<[[String]: MetricSeries]>
  /// Counts what is refused here.
  private let refused: MetricFamily?

  init(
    _ name: String, _ help: String, _ kind: MetricKind, _ labels: [String],
    refused: MetricFamily? = nil
  ) {
    precondition(MetricText.isName(name), "'\(name)' is no name of a metric")
    for label in labels {
      precondition(
        MetricText.isLabel(label) && !(label == "le" && kind.name == "histogram"),
        "'\(label)' is no name of a label of '\(name)'")
    }
    precondition(Set(labels).count == labels.count, "'\(name)' names a label twice")
    self.name = name
    self.kind = kind
    self.help = help
    self.labels = labels
    self.refused = refused
    series = Mutex([:])
    let bounds = self.bounds
    precondition(
      bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 },
      "the bounds of '\(name)' must ascend")
    // What has no labels is there from the start, at zero.
    if labels.isEmpty { change([], insertsOther: false) { _ in } }
  }

  var bounds: [Double] {
    if case .histogram(let bounds) = kind { bounds } else { [] }
  }

  func isDeclared(as other: MetricFamily) -> Bool {
    help == other.help && kind == other.kind && labels == other.labels
  }

  /// - Parameter insertsOther: Whether what is past the bound counts for `(other)`.
  func change(_ values: [String], insertsOther: Bool, _ body: (inout MetricSeries) -> Void) {
    precondition(values.count == labels.count, "'\(name)' has \(labels.count) labels")
    let new = MetricSeries(buckets: Array(repeating: 0, count: bounds.count))
    let key = values.map(MetricText.bounded)
    let isKept = series.withLock { series in
      if series[key] != nil || series.count < ServiceMetrics.seriesLimit {
        body(&series[key, default: new])
        return true
      }
      if insertsOther { body(&series[values.map { _ in Self.other }, default: new]) }
      return false
    }
    if !isKept { refused?.change([name], insertsOther: true) { $0.value += 1 } }
  }

  func remove(_ values: [String]) {
    _ = series.withLock { $0.removeValue(forKey: values.map(MetricText.bounded)) }
  }

  // MARK: Text

  func text() -> String {
    let series = series.withLock { $0 }
    if series.isEmpty { return "" }
    let rows = series.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let head = "# HELP \(name) \(MetricText.help(help))\n# TYPE \(name) \(kind.name)\n"
    return head + rows.map { lines(of: $0.value, labelled: $0.key) }.joined()
  }

  private func lines(of series: MetricSeries, labelled values: [String]) -> String {
    let pairs = zip(labels, values).map { "\($0)=\"\(MetricText.value($1))\"" }
    func line(_ suffix: String, _ more: [String], _ number: String) -> String {
      let all = pairs + more
      return "\(name)\(suffix)\(all.isEmpty ? "" : "{\(all.joined(separator: ","))}") \(number)\n"
    }
    guard case .histogram(let bounds) = kind else {
      return line("", [], MetricText.number(series.value))
    }
    var text = ""
    var sum: UInt64 = 0
    for (bound, count) in zip(bounds, series.buckets) {
      sum += count
      text += line("_bucket", ["le=\"\(MetricText.number(bound))\""], "\(sum)")
    }
    text += line("_bucket", ["le=\"+Inf\""], "\(series.count)")
    text += line("_sum", [], MetricText.number(series.value))
    return text + line("_count", [], "\(series.count)")
  }
}
