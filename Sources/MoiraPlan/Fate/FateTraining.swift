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
          .fate(
            "betas", .list(.double), "Of adam, adamw, adamax, nadam and radam.",
            [.atLeast(0), .lessThan(1)]),
          .fate("eps", .double, "Keeps divisors from 0.", [.moreThan(0)]),
          .fate(
            "alpha", .double, "Of rmsprop: what stays of the mean; of asgd: the power of the fall.",
            [.atLeast(0), .lessThan(1)]),
          .fate(
            "rho", .double, "Of adadelta: what stays of the mean.", [.atLeast(0), .lessThan(1)]),
          .fate("momentum_decay", .double, "Of nadam.", [.atLeast(0)]),
          .fate("decoupled_weight_decay", .bool, "Of nadam and radam."),
          .fate("lambd", .double, "Of asgd: the fall of the rate.", [.atLeast(0)]),
          .fate("t0", .double, "Of asgd: from where on it averages.", [.atLeast(0)]),
          .fate("etas", .list(.double), "Of rprop: the factors of a step.", [.moreThan(0)]),
          .fate("step_sizes", .list(.double), "Of rprop: the bounds of a step.", [.moreThan(0)]),
          .fate("lr_decay", .double, "Of adagrad.", [.atLeast(0)]),
          .fate("amsgrad", .bool, "Of adam and adamw."),
          .fate("centered", .bool, "Of rmsprop."), .fate("maximize", .bool, "Of all."),
          .fate("initial_accumulator_value", .double, "Of adagrad.", [.atLeast(0)]),
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
      + [value("learning_rate", "optimizer.optimizer_params.lr", .double(usualRate))]
      + [optimizerEntry]
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

  /// PyTorch's default for the method; FATE's own for `sgd`.
  var usualRate: Double {
    switch method {
    case "adadelta": 1
    case "adam", "adamw", "radam": 0.001
    case "adamax", "nadam": 0.002
    default: 0.01
    }
  }

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
    for (theirs, low, high) in [
      ("betas", "beta1", "beta2"), ("etas", "shrinking", "growth"),
      ("step_sizes", "least_step", "greatest_step"),
    ] {
      guard let pair = torch(theirs)?.list, pair.count == 2 else { continue }
      inner += [(low, pair[0].value), (high, pair[1].value)]
    }
    for (theirs, ours) in [
      ("alpha", method == "asgd" ? "rate_power" : "smoothing"), ("rho", "smoothing"),
      ("lambd", "rate_decay"), ("momentum_decay", "momentum_decay"), ("eps", "epsilon"),
      ("weight_decay", "weight_decay"),
    ] {
      guard let node = torch(theirs) else { continue }
      // 0 is what there is without a word, but for adamw.
      if theirs == "weight_decay", method != "adamw", node.value.number == 0 { continue }
      inner.append((ours, node.value))
    }
    return .init("optimizer", .map(inner + switches), at: own["optimizer"]?.site ?? own.site)
  }

  /// Arguments that are called alike here, where they are not what there is without a word.
  private var switches: [(key: String, value: ConfigValue)] {
    [
      "dampening", "lr_decay", "initial_accumulator_value", "amsgrad", "centered",
      "decoupled_weight_decay", "maximize",
    ].compactMap { name in
      guard let value = torch(name)?.value, value != .bool(false), value.number != 0 else {
        return nil
      }
      let hasMomentum = torch("momentum")?.value.number ?? 0 > 0
      return name == "dampening" && !hasMomentum ? nil : (name, value)
    }
  }

  private var penalty: [ConfigMap.Entry] {
    own.entry("penalty", from: "optimizer.penalty") + own.entry("alpha", from: "optimizer.alpha")
  }

  /// An argument of the scheduler, or PyTorch's default of it.
  private func scheduled(_ name: String, _ usual: ConfigValue) -> ConfigValue {
    let value = own.value("learning_rate_scheduler.scheduler_params.\(name)")
    return value.isNull ? usual : value
  }

  var schedule: [ConfigMap.Entry] {
    let inner: [(key: String, value: ConfigValue)]
    switch own.value("learning_rate_scheduler.method").string {
    case "step":
      inner = [
        ("method", .string("step")), ("step_size", scheduled("step_size", .null)),
        ("gamma", scheduled("gamma", .double(0.1))),
      ]
    case "linear":
      inner = [
        ("method", .string("linear")), ("iterations", scheduled("total_iters", .int(5))),
        ("start_factor", scheduled("start_factor", .double(1 / 3))),
        ("end_factor", scheduled("end_factor", .double(1))),
      ]
    default:
      // Without arguments FATE's own default holds, which changes nothing.
      let isWritten = own.written("learning_rate_scheduler.scheduler_params") != nil
      let factor = scheduled("factor", .double(isWritten ? 1 / 3 : 1))
      if factor.number == 1 { return [] }
      inner = [("factor", factor), ("iterations", scheduled("total_iters", .int(5)))]
    }
    let site = own["learning_rate_scheduler"]?.site
    return [.init("learning_rate_scheduler", .map(inner), at: site)]
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
