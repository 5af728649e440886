internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `statistics`: of each party's own rows, as FATE has it.
  static let statistics = FateComponent(
    name: "statistics", ours: "statistics",
    inputs: [.data("input_data")],
    parameters: ParameterGroup([
      .fate("metrics", .list(.string), "Which figures."),
      .fate("ddof", .int, "What the divisor of the variance lacks of n.", [.atLeast(0)]),
      .fate("bias", .bool, "Whether skewness and kurtosis are those of the rows as they are."),
      .fate(
        "relative_error", .double, "How far quantiles may be off.", [.moreThan(0), .atMost(1)]),
      .fate("skip_col", .list(.string), "Columns to leave out."),
      .fate("use_anonymous", .bool, "Whether columns are named anonymously."),
    ]),
    idle: ["relative_error"],
    differences: [
      "all figures of a party's own rows are exact, and all are reported",
      "'pooled: true' of ours adds those of all parties' rows",
    ],
    outputs: { task, _ in ["output_model": .init(task, "statistics")] },
    steps: { call, maker in
      if let own = call.common {
        maker.checkMetrics(own)
        maker.refuseAnonymous(own)
      }
      maker.add("statistics", for: call, inputs: [("data", call.feed("input_data"))]) { own in
        let site = own["metrics"]?.site ?? own.site
        var entries = [ConfigMap.Entry("pooled", .bool(false), at: site)]
        let quantiles = quantiles(own)
        if !quantiles.isEmpty {
          entries.append(.init("quantiles", .list(quantiles.map { .double($0) }), at: site))
        }
        let ddof = own.entry("ddof", from: "ddof")
        return entries + (ddof.isEmpty ? [.init("ddof", .int(1), at: own.site)] : ddof)
          + own.entry("bias", from: "bias")
          + own.entry("skip_col", from: "skip_col")
      }
    })

  /// `median` and `25%`, as probabilities.
  private static func quantiles(_ own: FateParameters) -> [Double] {
    (own["metrics"]?.list ?? []).compactMap(\.name).compactMap { name in
      name == "median" ? 0.5 : FateMaker.percent(name)
    }
  }
}

extension FateMaker {
  fileprivate static let metrics = [
    "count", "sum", "max", "min", "mean", "median", "std", "var", "coefficient_of_variation",
    "missing_count", "missing_ratio", "skewness", "kurtosis",
  ]

  /// 0.25 of `25%`.
  fileprivate static func percent(_ name: String) -> Double? {
    guard name.hasSuffix("%"), let percent = Double(name.dropLast()), (0...100).contains(percent)
    else { return nil }
    return percent / 100
  }

  fileprivate mutating func checkMetrics(_ own: FateParameters) {
    for node in own["metrics"]?.list ?? [] {
      guard let name = node.name, !Self.metrics.contains(name), Self.percent(name) == nil else {
        continue
      }
      diagnostics.error(
        "param-choice", "'\(name)' is not one of the figures of 'statistics'", at: node.site,
        hint: nearestName(to: name, among: Self.metrics).map { "did you mean '\($0)'?" }
          ?? "figures are \(Self.metrics.joined(separator: ", ")) and 25%")
    }
  }

  /// Columns have their own names here.
  mutating func refuseAnonymous(_ own: FateParameters) {
    guard case .bool(true) = own.value("use_anonymous") else { return }
    diagnostics.error(
      "fate-unsupported", "'use_anonymous' must be false: columns have their own names here",
      at: own["use_anonymous"]?.site, hint: "name the columns as the data does")
  }
}
