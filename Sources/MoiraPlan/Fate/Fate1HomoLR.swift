internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `HomoLR` of FATE 1.x, whose parameters have other names than those of 2.x.
  static let fate1HomoLR = FateComponent(
    name: "HomoLR", ours: "homo_lr, predictor", stages: [.train, .predict],
    inputs: [
      .data("train_data", [.train]), .data("validate_data", [.train], isOptional: true),
      .data("test_data", [.predict]), .model("model", isOptional: true),
    ],
    parameters: parameters,
    idle: [
      "multi_class", "early_stopping_rounds", "metrics", "use_first_metric_only",
      "re_encrypt_batches", "encrypt_param", "sqn_param",
    ],
    differences: [
      "nothing is encrypted for the hosts: sums are masked", "the penalty spares the intercept",
      "with validation rows the best round is kept",
      "'alpha' is 0.01 where none is written, not 1",
    ],
    outputs: { task, stage in
      stage == .predict
        ? ["train_output_data": .init(task, "predictions")]
        : [
          "train_output_data": .init(FateNames.beside(task, "train"), "predictions"),
          "output_model": .init(task, "model"),
        ]
    },
    steps: { call, maker in
      if call.stage == .predict {
        maker.add(
          "predictor", for: call,
          inputs: [("model", call.feed("model")), ("data", call.feed("test_data"))]
        ) { $0.entry("threshold", from: "predict_param.threshold") }
        return
      }
      maker.checkNoFolds(call)
      maker.add(
        "homo_lr", for: call,
        inputs: [
          ("train_data", call.feed("train_data")), ("validate_data", call.feed("validate_data")),
          ("warm_start", call.feed("model")),
        ], isPooled: true, parameters: training)
      let model = FateFeed(place: .init(call.id, "model"), site: call.task.site)
      maker.add(
        "predictor", for: call, as: FateNames.beside(call.id, "train"),
        inputs: [("model", model), ("data", call.feed("train_data"))]
      ) { $0.entry("threshold", from: "predict_param.threshold") }
    })

  private static let parameters = ParameterGroup([
    .fate("penalty", .choice(["L1", "L2", "l1", "l2"]), "Of the weights."),
    .fate("tol", .double, "The bound of early_stop.", [.moreThan(0)]),
    .fate("alpha", .double, "How much the penalty counts.", [.atLeast(0)]),
    .fate(
      "optimizer", .choice(["sgd", "rmsprop", "adam", "adagrad", "nesterov_momentum_sgd"]),
      "How a gradient becomes a step."),
    .fate("batch_size", .int, "Rows in one step, -1 for all."),
    .fate("learning_rate", .double, "The length of a step.", [.moreThan(0)]),
    .fate("max_iter", .int, "Passes over the rows.", [.atLeast(1)]),
    .fate("early_stop", .choice(["diff", "abs", "weight_diff"]), "When training ends early."),
    .fate("aggregate_iters", .int, "Passes between two sums.", [.atLeast(1)]),
    .fate("decay", .double, "Of the learning rate.", [.atLeast(0)]),
    .fate("decay_sqrt", .bool, "Whether its square root is taken."),
    .fate("multi_class", .choice(["ovr"]), "How more classes than two are trained."),
    .fate("validation_freqs", .int, "Rounds between two validations.", [.atLeast(1)]),
    .fate("early_stopping_rounds", .int, "Not read.", [.atLeast(1)]),
    .fate("metrics", .list(.string), "Of validation."),
    .fate("use_first_metric_only", .bool, "Of early stopping."),
    .fate("re_encrypt_batches", .int, "Of Paillier."),
    .fate(
      "init_param",
      .group(
        ParameterGroup([
          .fate(
            "init_method", .choice(["zeros", "ones", "const", "random_uniform", "random_normal"]),
            "How the weights are drawn."), .fate("init_const", .double, "const: the value."),
          .fate("fit_intercept", .bool, "Whether there is an intercept."),
          .fate("random_seed", .int, "What the draws follow from."),
        ])), "Where training starts."),
    .fate(
      "predict_param",
      .group(
        ParameterGroup([
          .fate("threshold", .double, "Of the second class.", [.atLeast(0), .atMost(1)])
        ])), "How predictions are made."),
    .fate(
      "encrypt_param",
      .group(
        ParameterGroup([
          .fate("method", .string, "Of the hosts."), .fate("key_length", .int, "Of its keys."),
        ])), "How hosts' values are hidden."),
    .fate(
      "sqn_param", .group(ParameterGroup([.fate("update_interval_L", .int, "Not read.")])),
      "Not read."),
    .fate(
      "cv_param",
      .group(
        ParameterGroup([
          .fate("need_cv", .bool, "Whether to cross-validate."),
          .fate("n_splits", .int, "Folds."), .fate("shuffle", .bool, "Rows."),
          .fate("random_seed", .int, "Rows."),
        ])), "Cross-validation."),
  ])

  private static func training(_ own: FateParameters) -> [ConfigMap.Entry] {
    var entries = rounds(own)
    let size = own["batch_size"]
    let isAll = size.map { $0.value == .int(-1) } ?? true
    entries.append(
      isAll
        ? .init("batch_size", .string("all"), at: size?.site ?? own.site)
        : .init("batch_size", size?.value ?? .null, at: size?.site))
    let rate = own.entry("learning_rate", from: "learning_rate")
    entries += rate.isEmpty ? [.init("learning_rate", .double(0.01), at: own.site)] : rate
    let method = own.value("optimizer").string ?? "sgd"
    let ours = method == "nesterov_momentum_sgd" ? "nesterov" : method
    entries.append(
      .init("optimizer", .map([("method", .string(ours))]), at: own["optimizer"]?.site ?? own.site))
    if let penalty = own["penalty"], let name = penalty.name {
      entries.append(.init("penalty", .string(name.lowercased()), at: penalty.site))
    }
    return entries + fall(own) + own.entry("alpha", from: "alpha") + start(own)
      + own.entry("seed", from: "init_param.random_seed")
      + own.entry("early_stop", from: "early_stop") + own.entry("tol", from: "tol")
      + own.entry("evaluate_every", from: "validation_freqs")
  }

  /// FATE 1.x divides the rate by √(1 + decay · iteration) without a word, where decay is 1.
  private static func fall(_ own: FateParameters) -> [ConfigMap.Entry] {
    let decay = own["decay"]
    if decay?.value.number == 0 { return [] }
    let method = own.value("decay_sqrt") == .bool(false) ? "inverse" : "inverse_root"
    return [
      .init(
        "learning_rate_scheduler",
        .map([("method", .string(method)), ("decay", decay?.value ?? .double(1))]),
        at: decay?.site ?? own["decay_sqrt"]?.site ?? own.site)
    ]
  }

  /// `max_iter` counts passes; between two sums there are `aggregate_iters` of them.
  private static func rounds(_ own: FateParameters) -> [ConfigMap.Entry] {
    var (passes, each) = (100, 1)
    if case .int(let written) = own.value("max_iter") { passes = written }
    if case .int(let written) = own.value("aggregate_iters") { each = max(1, written) }
    let site = own["max_iter"]?.site ?? own.site
    let rounds = ConfigMap.Entry(
      "epochs", .int(passes / each + (passes % each > 0 ? 1 : 0)), at: site)
    return each == 1
      ? [rounds]
      : [rounds, .init("local_epochs", .int(each), at: own["aggregate_iters"]?.site)]
  }

  private static func start(_ own: FateParameters) -> [ConfigMap.Entry] {
    guard let group = own["init_param"] else { return [] }
    var inner: [(key: String, value: ConfigValue)] = []
    switch own.value("init_param.init_method").string {
    case "zeros", nil: inner = [("method", .string("zeros"))]
    case "ones": inner = [("method", .string("ones"))]
    case "const":
      let value = own.value("init_param.init_const")
      inner = [("method", .string("constant")), ("fill_val", value.isNull ? .double(1) : value)]
    case "random_normal": inner = [("method", .string("normal")), ("deviation", .double(1))]
    default:
      inner = [("method", .string("uniform")), ("low", .double(0)), ("high", .double(1))]
    }
    if own.value("init_param.fit_intercept") == .bool(false) {
      inner.append(("fit_intercept", .bool(false)))
    }
    return [.init("init_param", .map(inner), at: group.site)]
  }
}

extension FateMaker {
  fileprivate mutating func checkNoFolds(_ call: FateCall) {
    guard let own = call.common, own.value("cv_param.need_cv") == .bool(true) else { return }
    diagnostics.error(
      "fate-unsupported", "'need_cv' must be false: folds are tasks here",
      at: own["cv_param.need_cv"]?.site, hint: "'moira init homo_lr_kfold' shows how")
  }
}
