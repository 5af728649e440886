internal import MoiraConfig
internal import MoiraModel

/// FATE's training parameters, whose nested ones are PyTorch's, as ours.
struct FateTraining {
  /// `optimizer_params` are the arguments of `torch.optim`.
  static let optimizer = ParameterGroup([
    .fate(
      "method",
      .choice([
        "sgd", "adadelta", "adagrad", "adam", "adamax", "adamw", "asgd", "nadam", "radam",
        "rmsprop", "rprop",
      ]), "Of torch.optim."), .fate("penalty", .choice(["l1", "l2", "none"]), "Of the weights."),
    .fate("alpha", .double, "How much the penalty counts.", [.atLeast(0)]),
    .fate(
      "optimizer_params",
      .group(
        ParameterGroup([
          .fate("lr", .double, "The length of a step.", [.moreThan(0)]),
          .fate("weight_decay", .double, "Decay of the weights.", [.atLeast(0)]),
          .fate("momentum", .double, "Of sgd and rmsprop.", [.atLeast(0), .lessThan(1)]),
          .fate("dampening", .double, "Of sgd."), .fate("nesterov", .bool, "Of sgd."),
          .fate("betas", .list(.double), "Of adam and adamw.", [.atLeast(0), .lessThan(1)]),
          .fate("eps", .double, "Keeps divisors from 0.", [.moreThan(0)]),
          .fate(
            "alpha", .double, "Of rmsprop: what stays of the mean.", [.atLeast(0), .lessThan(1)]),
          .fate("lr_decay", .double, "Of adagrad."), .fate("amsgrad", .bool, "Of adam and adamw."),
          .fate("centered", .bool, "Of rmsprop."), .fate("maximize", .bool, "Of all."),
          .fate("initial_accumulator_value", .double, "Of adagrad."),
        ])), "Arguments of the method."),
  ])

  /// `scheduler_params` are the arguments of `torch.optim.lr_scheduler`.
  static let scheduler = ParameterGroup([
    .fate("method", .choice(["constant", "linear", "step"]), "ConstantLR, LinearLR or StepLR."),
    .fate(
      "scheduler_params",
      .group(
        ParameterGroup([
          .fate("factor", .double, "constant: of the first rounds.", [.moreThan(0), .atMost(1)]),
          .fate("start_factor", .double, "linear.", [.moreThan(0), .atMost(1)]),
          .fate("end_factor", .double, "linear.", [.atLeast(0), .atMost(1)]),
          .fate("total_iters", .int, "constant, linear: in how many rounds.", [.atLeast(1)]),
          .fate("step_size", .int, "step: rounds between two cuts.", [.atLeast(1)]),
          .fate("gamma", .double, "step: the factor of a cut.", [.moreThan(0), .atMost(1)]),
        ])), "Arguments of the method."),
  ])

  static let start = ParameterGroup([
    .fate(
      "method", .choice(["zeros", "ones", "consts", "random", "random_uniform"]),
      "How the weights are drawn; intercepts start at 0."),
    .fate("fill_val", .double, "consts: the value."),
    .fate("fit_intercept", .bool, "Whether there is an intercept."),
    .fate("random_state", .int, "What the draws follow from.", [.atLeast(0)]),
  ])

  let own: FateParameters

  init(_ own: FateParameters) { self.own = own }

  var entries: [ConfigMap.Entry] {
    own.entry("epochs", from: "epochs") + [batchSize]
      + [value("learning_rate", "optimizer.optimizer_params.lr", .double(0.01)), optimizerEntry]
      + penalty + schedule + [startEntry]
      + own.entry("seed", from: "init_param.random_state")
      + own.entry("early_stop", from: "early_stop") + own.entry("tol", from: "tol")
  }

  /// FATE's default, unless written.
  private func value(
    _ name: String, _ path: String, _ usual: ConfigValue
  ) -> ConfigMap.Entry {
    own.entry(name, from: path).first ?? .init(name, usual, at: own.site)
  }

  private var batchSize: ConfigMap.Entry {
    let entry = value("batch_size", "batch_size", .int(100))
    return entry.value.value == .int(-1)
      ? .init("batch_size", .string("all"), at: entry.keySite) : entry
  }

  private var method: String { own.value("optimizer.method").string ?? "sgd" }

  private func torch(_ name: String) -> ConfigNode? { own["optimizer.optimizer_params.\(name)"] }

  private var optimizerEntry: ConfigMap.Entry {
    var inner: [(key: String, value: ConfigValue)] = []
    let momentum = torch("momentum")?.value.number ?? 0
    var method = method
    if method == "sgd", momentum > 0 {
      method = torch("nesterov")?.value == .bool(true) ? "nesterov" : "momentum"
    }
    inner.append(("method", .string(method)))
    if momentum > 0, let node = torch("momentum") { inner.append(("momentum", node.value)) }
    if let betas = torch("betas")?.list, betas.count == 2 {
      inner += [("beta1", betas[0].value), ("beta2", betas[1].value)]
    }
    for (theirs, ours) in [
      ("alpha", "smoothing"), ("eps", "epsilon"), ("weight_decay", "weight_decay"),
    ] {
      guard let node = torch(theirs), node.value.number != 0 || method == "adamw" else { continue }
      inner.append((ours, node.value))
    }
    return .init("optimizer", .map(inner), at: own["optimizer"]?.site ?? own.site)
  }

  private var penalty: [ConfigMap.Entry] {
    own.entry("penalty", from: "optimizer.penalty") + own.entry("alpha", from: "optimizer.alpha")
  }

  private var schedule: [ConfigMap.Entry] {
    let group = own["learning_rate_scheduler"]
    func parameter(_ name: String, _ usual: Double) -> ConfigValue {
      let value = own.value("learning_rate_scheduler.scheduler_params.\(name)")
      return value.isNull ? .double(usual) : value
    }
    switch own.value("learning_rate_scheduler.method").string {
    case "step":
      let size = own.value("learning_rate_scheduler.scheduler_params.step_size")
      return [
        .init(
          "learning_rate_scheduler",
          .map([
            ("method", .string("step")), ("step_size", size), ("gamma", parameter("gamma", 0.1)),
          ]), at: group?.site)
      ]
    case "linear":
      return [
        .init(
          "learning_rate_scheduler",
          .map([
            ("method", .string("linear")), ("start_factor", parameter("start_factor", 1 / 3)),
            ("end_factor", parameter("end_factor", 1)),
          ]), at: group?.site)
      ]
    default: return []
    }
  }

  private var startEntry: ConfigMap.Entry {
    var inner: [(key: String, value: ConfigValue)]
    switch own.value("init_param.method").string ?? "random" {
    case "zeros": inner = [("method", .string("zeros"))]
    case "ones": inner = [("method", .string("ones"))]
    case "consts":
      let fill = own.value("init_param.fill_val")
      inner = [("method", .string("constant")), ("fill_val", fill.isNull ? .double(0) : fill)]
    default: inner = [("method", .string("normal")), ("deviation", .double(1))]
    }
    if case .bool(false) = own.value("init_param.fit_intercept") {
      inner.append(("fit_intercept", .bool(false)))
    }
    return .init("init_param", .map(inner), at: own["init_param"]?.site ?? own.site)
  }
}
