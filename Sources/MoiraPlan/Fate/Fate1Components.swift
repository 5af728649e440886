internal import MoiraConfig
internal import MoiraModel

/// The modules of FATE 1.x that are read.
enum Fate1Components {
  static let all: [FateComponent] = [
    reader, dataIO("DataIO"), dataIO("DataTransform"), split, .fate1Sample, .fate1Union,
    .fate1Scale, .fate1Statistics, .fate1HomoLR, .fate1Evaluation,
  ]

  /// What a module's data outputs are, by their place in `output.data`; one `output_data` otherwise.
  static let dataKeys: [String: [String]] = [
    "HomoDataSplit": ["train_output_data", "validate_output_data", "test_output_data"],
    "HomoLR": ["train_output_data"], "FeatureScale": ["train_output_data"],
  ]

  private static let reader = FateComponent(
    name: "Reader", ours: "reader",
    parameters: ParameterGroup([
      .fate(
        "table",
        .group(
          ParameterGroup([
            .fate("name", .string, "The table."), .fate("namespace", .string, "Where it is filed."),
          ])), "The table.")
    ]),
    outputs: { task, _ in ["output_data": .init(task, "table")] },
    steps: { call, maker in
      for member in call.members {
        guard let own = call.parameters[member.party] else { continue }
        guard let entry = table(own) else {
          maker.diagnostics.error(
            "param-missing", "'Reader' needs 'table.name' at '\(member.party)'",
            at: call.task.site, hint: "\"table\": {\"name\": ..., \"namespace\": ...}")
          continue
        }
        maker.checkDataset(.init(value: entry.value.name ?? "", site: entry.keySite))
      }
      maker.add("reader", for: call, inputs: []) { table($0).map { [$0] } ?? [] }
    })

  private static func table(_ own: FateParameters) -> ConfigMap.Entry? {
    guard let name = own["table.name"], let text = name.name else { return nil }
    let namespace = own["table.namespace"]?.name
    return .init(
      "dataset", .string(FateNames.dataset(namespace: namespace, name: text)), at: name.site)
  }

  /// Tables are read as they are registered, so that these pass their input on.
  private static func dataIO(_ name: String) -> FateComponent {
    FateComponent(
      name: name, ours: "union",
      // Its model holds the names of columns, which tables have themselves: it is read and not needed.
      inputs: [.data("data"), .model("model", isOptional: true)],
      parameters: ParameterGroup([
        .fate("with_label", .bool, "Whether there is a label."),
        .fate("label_name", .string, "The column of labels."),
        .fate("label_type", .string, "Their type."), .fate("data_type", .string, "Of features."),
        .fate("output_format", .choice(["dense", "sparse"]), "How tables are stored."),
        .fate("input_format", .choice(["dense"]), "How files are written."),
        .fate("delimitor", .string, "Between fields."),
        .fate("missing_fill", .bool, "Whether missing values are filled in."),
      ]),
      idle: ["label_type", "data_type", "output_format", "input_format", "delimitor"],
      differences: ["id and label are those that the party has registered with the dataset"],
      outputs: { task, _ in
        ["output_data": .init(task, "table"), "output_model": .init(task, "table")]
      },
      steps: { call, maker in
        if let own = call.common, own.value("missing_fill") == .bool(true) {
          maker.diagnostics.error(
            "fate-unsupported", "'missing_fill' must be false: missing values stay missing",
            at: own["missing_fill"]?.site, hint: "'feature_scale' with 'missing: mean' fills them")
        }
        maker.add("union", for: call, inputs: [("data", call.feed("data"))])
      })
  }

  private static let split = FateComponent(
    name: "HomoDataSplit", ours: "partitioner", inputs: [.data("data")],
    parameters: ParameterGroup([
      .fate("train_size", .double, "To train on.", [.atLeast(0)]),
      .fate("validate_size", .double, "To validate on.", [.atLeast(0)]),
      .fate("test_size", .double, "To test on.", [.atLeast(0)]),
      .fate("stratified", .bool, "Whether each side gets its share of each label."),
      .fate("random_state", .int, "What the choice follows from.", [.atLeast(0)]),
      .fate("shuffle", .bool, "Whether rows are put in another order."),
    ]),
    idle: ["shuffle"],
    differences: FateComponent.dataSplit.differences,
    outputs: FateComponent.dataSplit.outputs,
    steps: { call, maker in
      var call = call
      call.feeds["input_data"] = call.feeds["data"]
      FateComponent.dataSplit.steps(call, &maker)
    })
}

extension FateComponent {
  static let fate1Union = FateComponent(
    name: "Union", ours: "union", inputs: [.data("data", isMany: true)],
    parameters: ParameterGroup([
      .fate("allow_missing", .bool, "Whether columns may be missing."),
      .fate("keep_duplicate", .bool, "Whether ids may come twice."),
    ]),
    idle: ["allow_missing", "keep_duplicate"],
    outputs: union.outputs,
    steps: { call, maker in
      var call = call
      call.feeds["input_datas"] = call.feeds["data"]
      union.steps(call, &maker)
    })

  static let fate1Sample = FateComponent(
    name: "FederatedSample", ours: "sample", inputs: [.data("data")],
    parameters: ParameterGroup([
      .fate("mode", .choice(["random"]), "How rows are chosen."),
      .fate("method", .choice(["downsample", "upsample"]), "With or without replacement."),
      .fate("fractions", .double, "A share.", [.moreThan(0)]),
      .fate("random_state", .int, "What the draws follow from.", [.atLeast(0)]),
      .fate("task_type", .choice(["homo"]), "How rows lie."),
    ]),
    outputs: sample.outputs,
    steps: { call, maker in
      maker.add("sample", for: call, inputs: [("data", call.feed("data"))]) { own in
        let share = own.entry("share", from: "fractions")
        let replaces = own.value("method") == .string("upsample")
        return (share.isEmpty ? [.init("share", .double(1), at: own.site)] : share)
          + (replaces ? [.init("replace", .bool(true), at: own["method"]?.site)] : [])
          + own.entry("seed", from: "random_state")
      }
    })

  static let fate1Scale = FateComponent(
    name: "FeatureScale", ours: "feature_scale", stages: [.train, .predict],
    inputs: [.data("data"), .model("model", isOptional: true)],
    parameters: ParameterGroup([
      .fate("method", .choice(["standard_scale", "min_max_scale"]), "How columns are scaled."),
      .fate("mode", .choice(["normal"]), "By which figures."),
      .fate("scale_names", .list(.string), "The columns to scale."),
    ]),
    modelReader: featureScale.modelReader, differences: featureScale.differences,
    outputs: { task, _ in
      ["train_output_data": .init(task, "table"), "output_model": .init(task, "scaler")]
    },
    steps: { call, maker in
      if let given = call.feed("model") {
        maker.add(
          "feature_scale", for: call,
          inputs: [("data", call.feed("data")), ("given_scaler", given)]
        ) { [.init("pooled", .bool(false), at: $0.site)] }
        return
      }
      maker.add(
        "feature_scale", for: call, inputs: [("data", call.feed("data"))], isPooled: true
      ) { own in
        let isRange = own.value("method") == .string("min_max_scale")
        return (isRange ? [.init("method", .string("min_max"), at: own["method"]?.site)] : [])
          + own.entry("scale_col", from: "scale_names")
      }
    })

  static let fate1Statistics = FateComponent(
    name: "DataStatistics", ours: "statistics", inputs: [.data("data")],
    parameters: ParameterGroup([
      .fate("statistics", .list(.string), "Which figures."),
      .fate("bias", .bool, "Whether skewness and kurtosis are those of the rows as they are."),
    ]),
    idle: ["statistics"],
    differences: statistics.differences, outputs: statistics.outputs,
    steps: { call, maker in
      maker.add("statistics", for: call, inputs: [("data", call.feed("data"))]) { own in
        [.init("pooled", .bool(false), at: own.site)] + own.entry("bias", from: "bias")
      }
    })

  static let fate1Evaluation = FateComponent(
    name: "Evaluation", ours: "evaluator", inputs: [.data("data", isMany: true)],
    parameters: ParameterGroup([
      .fate("eval_type", .choice(["binary", "multi", "regression"]), "Which metrics."),
      .fate("pos_label", .int, "Which label is the positive class."),
      .fate("metrics", .list(.string), "Which metrics."),
    ]),
    idle: ["pos_label"],
    differences: evaluation.differences, outputs: evaluation.outputs,
    steps: { call, maker in
      var call = call
      call.feeds["input_datas"] = call.feeds["data"]
      if let own = call.common { maker.tellMissing(own) { !metrics.contains($0) } }
      evaluation.steps(call, &maker)
    })
}
