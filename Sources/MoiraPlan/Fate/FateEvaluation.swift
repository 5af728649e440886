internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `evaluation`: of the model on the rows that its predictions are of.
  static let evaluation = FateComponent(
    name: "evaluation", ours: "evaluator",
    inputs: [.data("input_datas", aliases: ["input_data"], isMany: true, canVary: true)],
    parameters: ParameterGroup([
      .fate(
        "default_eval_setting", .choice(["binary", "multi", "regression"]),
        "Which metrics, where none are named."),
      .fate("metrics", .list(.choice(metrics)), "Which metrics."),
      .fate("predict_column_name", .string, "The column of predictions."),
      .fate("label_column_name", .string, "The column of labels."),
    ]),
    differences: [
      "beside each party's own metrics there are those of all rows together, where they are pooled",
      "without 'metrics' all are reported",
    ],
    outputs: { task, _ in ["metric": .init(task, "metrics")] },
    steps: { call, maker in
      if let own = call.common { maker.checkColumns(own) }
      for (index, feed) in (call.feeds["input_datas"] ?? []).enumerated() {
        let id = index == 0 ? call.id : FateNames.beside(call.id, "\(index + 1)")
        let members = call.members.filter { feed.source(at: $0.party) != nil }
        maker.evaluate(feed, for: call, as: id, members)
      }
    })

  static let metrics = [
    "auc", "ks", "confusion_matrix", "gain", "lift", "biclass_precision_table",
    "biclass_recall_table", "biclass_accuracy_table", "fscore_table", "psi", "binary_accuracy",
    "binary_precision", "binary_recall", "binary_f1_score", "multi_accuracy", "multi_precision",
    "multi_recall", "multi_f1_score", "rmse", "mse", "mae", "r2_score",
  ]

  /// What of ours stands for a metric of FATE's. `psi` compares two sets of scores, and a table of
  /// accuracy by threshold is not made.
  fileprivate static let counterparts: [String: [String]] = [
    "auc": ["auc", "roc"], "ks": ["ks"], "confusion_matrix": ["confusion"], "gain": ["lift"],
    "lift": ["lift"], "biclass_precision_table": ["precision_recall"],
    "biclass_recall_table": ["precision_recall"], "fscore_table": ["best_f1"],
    "binary_accuracy": ["accuracy"], "binary_precision": ["precision"],
    "binary_recall": ["recall"], "binary_f1_score": ["f1"], "multi_accuracy": ["accuracy"],
    "multi_precision": ["macro_precision", "weighted_precision"],
    "multi_recall": ["macro_recall", "weighted_recall"],
    "multi_f1_score": ["macro_f1", "weighted_f1"], "rmse": ["rmse"], "mse": ["mse"],
    "mae": ["mae"], "r2_score": ["r2"],
    // Names of FATE 1.x.
    "accuracy": ["accuracy"], "precision": ["precision"], "recall": ["recall"],
    "f1_score": ["best_f1"], "roc": ["roc"], "confusion_mat": ["confusion"],
    "mean_absolute_error": ["mae"],
    "mean_squared_error": ["mse"], "root_mean_squared_error": ["rmse"],
  ]
}

extension FateMaker {
  fileprivate mutating func checkColumns(_ own: FateParameters) {
    if let label = own["label_column_name"], label.name != "label" {
      diagnostics.error(
        "fate-unsupported", "'label_column_name' must be the label that the dataset has",
        at: label.site, hint: "register it: moira party dataset add NAME FILE --label COLUMN")
    }
    tellMissing(own) { FateComponent.metrics.contains($0) }
  }

  /// Tells of metrics that are named and not reported, among those that a version of FATE has.
  mutating func tellMissing(_ own: FateParameters, where isKnown: (String) -> Bool) {
    for node in own["metrics"]?.list ?? [] {
      guard let name = node.name, isKnown(name), FateComponent.counterparts[name] == nil else {
        continue
      }
      diagnostics.warn(
        "fate-idle", "the metric '\(name)' has no counterpart here, and is not reported",
        at: node.site)
    }
  }

  fileprivate mutating func evaluate(
    _ feed: FateFeed, for call: FateCall, as id: TaskID, _ members: [Pipeline.Member]
  ) {
    let isPooled = canPool(members)
    let form = call.common?.value("default_eval_setting").string
    let column = call.common?["predict_column_name"]
    guard let made = feed.sources.first?.place, let scored = scored[made] else {
      add(
        "evaluator", for: call, as: id, inputs: [("data", feed)], isPooled: isPooled,
        members: members
      ) { own in
        let site = own["predict_column_name"]?.site ?? own.site
        var entries = local(isPooled, own) + reported(own)
        entries.append(
          .init("prediction", .string(column?.name ?? "predict_score"), at: site))
        if form == "regression" {
          entries.append(.init("prediction_form", .string("regression"), at: site))
        }
        return entries
      }
      return
    }
    add(
      "evaluator", for: call, as: id,
      inputs: [
        ("model", scored.model.told(at: feed.sources.first?.site)),
        ("data", scored.rows.told(at: feed.sources.first?.site)),
      ], isPooled: isPooled, members: members
    ) { own in local(isPooled, own) + reported(own) }
  }
}

private func local(_ isPooled: Bool, _ own: FateParameters) -> [ConfigMap.Entry] {
  isPooled ? [] : [.init("pooled", .bool(false), at: own.site)]
}

/// `metrics` by our names, each once; all where none of them has one.
private func reported(_ own: FateParameters) -> [ConfigMap.Entry] {
  var names: [String] = []
  for name in (own["metrics"]?.list ?? []).compactMap(\.name) {
    names += (FateComponent.counterparts[name] ?? []).filter { !names.contains($0) }
  }
  guard let site = own["metrics"]?.site, !names.isEmpty else { return [] }
  return [.init("reported", .list(names.map { .string($0) }), at: site)]
}
