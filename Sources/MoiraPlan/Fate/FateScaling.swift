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

  /// `feature_scale`: by figures of all parties' rows, the same at all of them.
  static let featureScale = FateComponent(
    name: "feature_scale", ours: "feature_scale", stages: [.train, .predict],
    inputs: [
      .data("train_data", [.train]), .data("test_data", [.predict]),
      .model("input_model", [.predict]),
    ],
    parameters: ParameterGroup([
      .fate(
        "method", .choice(["standard", "min_max"]), "To mean 0 and deviation 1, or to a range."),
      .fate(
        "feature_range", .either([.list(.double), .dictionary(.list(.double))]),
        "Where min_max puts the least and the greatest value."),
      .fate("scale_col", .list(.string), "The columns to scale."),
      .fate("scale_idx", .list(.int), "The columns to scale, by their places."),
      .fate("strict_range", .bool, "Whether values beyond the range are moved to its ends."),
      .fate("use_anonymous", .bool, "Whether columns are named anonymously."),
    ]),
    modelReader: ("scaler_reader", "scaler"),
    differences: [
      "it scales by figures of all parties' rows, where FATE's parties each scale in their own way"
    ],
    outputs: { task, stage in
      [
        stage == .predict ? "test_output_data" : "train_output_data": .init(task, "table"),
        "output_model": .init(task, "scaler"),
      ]
    },
    steps: { call, maker in
      if let own = call.common { maker.checkScale(own) }
      if call.stage == .predict {
        maker.add(
          "feature_scale", for: call,
          inputs: [("data", call.feed("test_data")), ("given_scaler", call.feed("input_model"))]
        ) { own in [.init("pooled", .bool(false), at: own.site)] }
        return
      }
      let pools = !maker.arbiters.isEmpty
      maker.add(
        "feature_scale", for: call, inputs: [("data", call.feed("train_data"))], isPooled: pools
      ) { own in
        (pools ? [] : [.init("pooled", .bool(false), at: own.site)])
          + own.entry("method", from: "method") + own.entry("feature_range", from: "feature_range")
          + own.entry("scale_col", from: "scale_col") + strict(own)
      }
    })

  private static func strict(_ own: FateParameters) -> [ConfigMap.Entry] {
    guard own.value("method") == .string("min_max") else { return [] }
    if let written = own["strict_range"] {
      return [.init(key: "strict_range", keySite: written.site, value: written)]
    }
    return [.init("strict_range", .bool(true), at: own.site)]
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

  fileprivate mutating func refuseAnonymous(_ own: FateParameters) {
    guard case .bool(true) = own.value("use_anonymous") else { return }
    diagnostics.error(
      "fate-unsupported", "'use_anonymous' must be false: columns have their own names here",
      at: own["use_anonymous"]?.site, hint: "name the columns as the data does")
  }

  fileprivate mutating func checkScale(_ own: FateParameters) {
    refuseAnonymous(own)
    if let places = own["scale_idx"] {
      diagnostics.error(
        "fate-unsupported", "'scale_idx' names columns by their places, which differ between files",
        at: places.site, hint: "name them: scale_col: [x0, x1]")
    }
    if own["feature_range"]?.map != nil {
      diagnostics.error(
        "fate-unsupported", "'feature_range' must be one range for all columns",
        at: own["feature_range"]?.site, hint: "a task for each range, with 'scale_col'")
    }
  }
}
