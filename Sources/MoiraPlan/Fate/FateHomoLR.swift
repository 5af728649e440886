internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `homo_lr`: to train, our own of that name and a predictor for the training rows; to predict, a
  /// predictor.
  static let homoLR = FateComponent(
    name: "homo_lr", ours: "homo_lr, predictor", stages: [.train, .predict],
    inputs: [
      .data("train_data", [.train]),
      .data("validate_data", [.train], isOptional: true, isForAll: true),
      .model("warm_start_model", [.train], isOptional: true, isForAll: true),
      .data("test_data", [.predict]),
      .model("input_model", [.predict]),
    ],
    parameters: parameters,
    differences: [
      "gradients are not clipped at norm 1", "the penalty spares the intercept",
      "all parties start from the same weights", "with validation rows the best round is kept",
      "more than two classes are trained by softmax, all of them",
      "'alpha' is 0.01 where none is written, not 1",
    ],
    needsOthers: { $0 == .train },
    outputs: { task, stage in
      stage == .predict
        ? ["test_output_data": .init(task, "predictions")]
        : [
          "train_output_data": .init(FateNames.beside(task, "train"), "predictions"),
          "output_model": .init(task, "model"),
        ]
    },
    steps: { call, maker in
      if call.stage == .predict {
        maker.add(
          "predictor", for: call,
          inputs: [("model", call.feed("input_model")), ("data", call.feed("test_data"))]
        ) { $0.entry("threshold", from: "threshold") }
        return
      }
      for member in call.members {
        if let own = call.parameters[member.party] { maker.checkHomoLR(own) }
      }
      maker.add(
        "homo_lr", for: call,
        inputs: [
          ("train_data", call.feed("train_data")), ("validate_data", call.feed("validate_data")),
          ("warm_start", call.feed("warm_start_model")),
        ], isPooled: true
      ) { FateTraining($0).entries }
      let model = FateFeed(place: .init(call.id, "model"), site: call.task.site)
      maker.add(
        "predictor", for: call, as: FateNames.beside(call.id, "train"),
        inputs: [("model", model), ("data", call.feed("train_data"))]
      ) { $0.entry("threshold", from: "threshold") }
    })

  private static let parameters = ParameterGroup([
    .fate("epochs", .int, "Rounds.", [.atLeast(1), .atMost(100_000)]),
    .fate("batch_size", .either([.int, .choice(["all"])]), "Rows in one step; 100, or all."),
    .fate("optimizer", .group(FateTraining.optimizer), "How a gradient becomes a step."),
    .fate(
      "learning_rate_scheduler", .group(FateTraining.scheduler),
      "How the learning rate goes on from round to round."),
    .fate("init_param", .group(FateTraining.start), "Where training starts."),
    .fate(
      "threshold", .double, "Probabilities from here on count as the second class.",
      [.atLeast(0), .atMost(1)]), .fate("ovr", .bool, "Whether there are more than two classes."),
    .fate("label_num", .int, "How many classes there are.", [.atLeast(2)]),
    // Its Python wrapper sends these two; the server drops them.
    .fate("early_stop", .choice(["diff", "abs", "weight_diff"]), "When training ends early."),
    .fate("tol", .double, "The bound of early_stop.", [.moreThan(0)]),
  ])
}
