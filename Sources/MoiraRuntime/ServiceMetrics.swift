import Synchronization

/// What a process counts: declared once, changed from anywhere, read as Prometheus' text.
///
/// Names, help and the names of labels are the program's own. Values of labels may come from others,
/// so each metric has an end: past `seriesLimit` sets of values, counts go to one set of `(other)`,
/// gauges and removals to none, and `moira_metrics_label_sets_refused_total` says of which metric.
public final class ServiceMetrics: Sendable {
  /// Sets of label values that one metric keeps.
  public static let seriesLimit = 1000
  /// Bytes of one label's value that are kept.
  public static let labelLimit = 128
  /// What `text` is, for a header.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private let families = Mutex<[String: MetricFamily]>([:])
  private let refused = MetricFamily(
    "moira_metrics_label_sets_refused_total",
    "Changes with values of labels past the bound of their metric.", .counter, ["metric"])

  public init() { families.withLock { $0[refused.name] = refused } }

  /// Something that only grows; its name ends in `_total`.
  ///
  /// Declared again with the same words it is the same one.
  public func counter(_ name: String, _ help: String, labels: [String] = []) -> MetricCounter {
    MetricCounter(family: family(name, help, .counter, labels))
  }

  /// Something that goes up and down.
  public func gauge(_ name: String, _ help: String, labels: [String] = []) -> MetricGauge {
    MetricGauge(family: family(name, help, .gauge, labels))
  }

  /// How often values lay below bounds.
  ///
  /// - Parameter bounds: upper bounds, ascending and finite; values above them all are counted too.
  public func histogram(
    _ name: String, _ help: String, bounds: [Double], labels: [String] = []
  ) -> MetricHistogram {
    MetricHistogram(family: family(name, help, .histogram(bounds), labels))
  }

  /// All of it, in Prometheus' text format 0.0.4, by name and label values.
  ///
  /// Source: "Exposition formats", prometheus.io/docs/instrumenting/exposition_formats.
  /// - Complexity: O(n log n) for n sets of label values.
  public func text() -> String {
    let all = families.withLock { Array($0.values) }
    return all.sorted { $0.name < $1.name }.map { $0.text() }.joined()
  }

  private func family(
    _ name: String, _ help: String, _ kind: MetricKind, _ labels: [String]
  ) -> MetricFamily {
    families.withLock { families in
      let new = MetricFamily(name, help, kind, labels, refused: refused)
      guard let old = families[name] else {
        families[name] = new
        return new
      }
      precondition(old.isDeclared(as: new), "metric '\(name)' is declared in two ways")
      return old
    }
  }
}

/// Something that only grows.
public struct MetricCounter: Sendable {
  let family: MetricFamily

  /// - Parameter values: of the labels, in the order of their declaration.
  public func add(_ count: Int = 1, _ values: String...) {
    precondition(count >= 0, "a counter does not go down")
    family.change(values, insertsOther: true) { $0.value += Double(count) }
  }
}

/// Something that goes up and down.
public struct MetricGauge: Sendable {
  let family: MetricFamily

  public func set(_ value: Double, _ values: String...) {
    family.change(values, insertsOther: false) { $0.value = value }
  }

  public func add(_ change: Double, _ values: String...) {
    family.change(values, insertsOther: false) { $0.value += change }
  }

  /// The label values are not spoken of any more: a party is gone.
  public func remove(_ values: String...) { family.remove(values) }
}

/// How often values lay below bounds.
public struct MetricHistogram: Sendable {
  let family: MetricFamily

  public func observe(_ value: Double, _ values: String...) {
    family.change(values, insertsOther: true) { series in
      series.value += value
      series.count += 1
      if let bucket = family.bounds.firstIndex(where: { value <= $0 }) {
        series.buckets[bucket] += 1
      }
    }
  }
}
