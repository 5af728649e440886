internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `evaluation`: of the model on the rows that its predictions are of.
  static let evaluation = FateComponent(
    name: "evaluation", ours: "evaluator",
    inputs: [.data("input_datas", aliases: ["input_data"], isMany: true)],
    parameters: ParameterGroup([
      .fate(
        "default_eval_setting", .choice(["binary", "multi", "regression"]),
        "Which metrics, where none are named."),
      .fate("metrics", .list(.choice(metrics)), "Which metrics."),
      .fate("predict_column_name", .string, "The column of predictions."),
      .fate("label_column_name", .string, "The column of labels."),
    ]),
    differences: [
      "all metrics are reported, beside each party's own those of all rows together where they are pooled"
    ],
    outputs: { task, _ in ["metric": .init(task, "metrics")] },
    steps: { call, maker in
      if let own = call.common { maker.checkColumns(own) }
      for (index, feed) in (call.feeds["input_datas"] ?? []).enumerated() {
        let id = index == 0 ? call.id : FateNames.beside(call.id, "\(index + 1)")
        let members = call.members.filter { feed.seats?.contains($0.party) ?? true }
        maker.evaluate(feed, for: call, as: id, members)
      }
    })

  private static let metrics = [
    "auc", "ks", "confusion_matrix", "gain", "lift", "biclass_precision_table",
    "biclass_recall_table", "biclass_accuracy_table", "fscore_table", "psi", "binary_accuracy",
    "binary_precision", "binary_recall", "binary_f1_score", "multi_accuracy", "multi_precision",
    "multi_recall", "multi_f1_score", "rmse", "mse", "mae", "r2_score",
  ]
}

extension FateMaker {
  fileprivate mutating func checkColumns(_ own: FateParameters) {
    if let label = own["label_column_name"], label.name != "label" {
      diagnostics.error(
        "fate-unsupported", "'label_column_name' must be the label that the dataset has",
        at: label.site, hint: "register it: moira party dataset add NAME FILE --label COLUMN")
    }
    for node in own["metrics"]?.list ?? [] where node.name == "psi" {
      diagnostics.warn(
        "fate-idle", "the metric 'psi' compares two sets of scores, and is not reported here",
        at: node.site)
    }
  }

  fileprivate mutating func evaluate(
    _ feed: FateFeed, for call: FateCall, as id: TaskID, _ members: [Pipeline.Member]
  ) {
    let isPooled = canPool(members)
    let form = call.common?.value("default_eval_setting").string
    let column = call.common?["predict_column_name"]
    guard let scored = feed.scored else {
      add(
        "evaluator", for: call, as: id, inputs: [("data", feed)], isPooled: isPooled,
        members: members
      ) { own in
        let site = own["predict_column_name"]?.site ?? own.site
        var entries = local(isPooled, own)
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
        ("model", FateFeed(place: scored.model, site: feed.site)),
        ("data", FateFeed(place: scored.rows, site: feed.site)),
      ], isPooled: isPooled, members: members
    ) { own in local(isPooled, own) }
  }
}

private func local(_ isPooled: Bool, _ own: FateParameters) -> [ConfigMap.Entry] {
  isPooled ? [] : [.init("pooled", .bool(false), at: own.site)]
}
