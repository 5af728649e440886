internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  /// Which of PyTorch's arguments each optimizer has, beside `lr` and `weight_decay`.
  private static let arguments: [String: Set<String>] = [
    "sgd": ["momentum", "dampening", "nesterov"],
    "adagrad": ["eps", "lr_decay", "initial_accumulator_value"],
    "adam": ["betas", "eps", "amsgrad"], "adamw": ["betas", "eps", "amsgrad"],
    "rmsprop": ["momentum", "alpha", "eps", "centered"], "adadelta": ["rho", "eps"],
    "adamax": ["betas", "eps"], "asgd": ["lambd", "alpha", "t0"],
    "nadam": ["betas", "eps", "momentum_decay", "decoupled_weight_decay"],
    "radam": ["betas", "eps", "decoupled_weight_decay"], "rprop": ["etas", "step_sizes"],
  ]

  mutating func checkHomoLR(_ own: FateParameters) {
    if let size = own["batch_size"], case .int(let rows) = size.value, rows < 1, rows != -1 {
      diagnostics.error(
        "param-out-of-range", "'batch_size' must be at least 1, or -1 for all, but is \(rows)",
        at: size.site, hint: "batch_size: -1")
    }
    if own.value("ovr") == .bool(true), own["label_num"] == nil {
      diagnostics.error(
        "param-missing", "'homo_lr' needs the parameter 'label_num' when 'ovr' is true",
        at: own["ovr"]?.site, hint: "label_num: how many classes there are")
    }
    if own.value("init_param.method") == .string("random_uniform") {
      diagnostics.error(
        "fate-unsupported", "FATE's 'homo_lr' has no start 'random_uniform'",
        at: own["init_param.method"]?.site, hint: "method: random")
    }
    checkOptimizer(own)
    checkSchedule(own)
  }

  private mutating func checkOptimizer(_ own: FateParameters) {
    let name = own["optimizer.method"]?.name ?? "sgd"
    if own["optimizer"] != nil, own.isWritten("optimizer"),
      own.written("optimizer.optimizer_params") == nil
    {
      diagnostics.note(
        "fate-differs",
        "without 'optimizer_params', which FATE requires, 'lr' is \(FateTraining(own).usualRate)",
        at: own["optimizer"]?.site)
    }
    checkArguments(own, of: name)
  }

  private mutating func checkArguments(_ own: FateParameters, of method: String) {
    var known = (Self.arguments[method] ?? []).union(["lr", "maximize"])
    if method != "rprop" { known.insert("weight_decay") }
    for entry in own.written("optimizer.optimizer_params")?.map?.entries ?? [] {
      if FateTraining.optimizer["optimizer_params"]?.kind.nested?[entry.key] != nil,
        !known.contains(entry.key)
      {
        diagnostics.error(
          "param-unknown", "'\(entry.key)' is not an argument of '\(method)'", at: entry.keySite,
          hint: "'\(method)' has " + known.sorted().joined(separator: ", "))
      }
    }
    checkMomentum(own, of: method)
    for (name, usual) in [
      ("betas", "[0.9, 0.999]"), ("etas", "[0.5, 1.2]"), ("step_sizes", "[1.0e-6, 50]"),
    ] {
      guard let pair = own["optimizer.optimizer_params.\(name)"], let count = pair.list?.count,
        count != 2
      else { continue }
      diagnostics.error(
        "param-type", "'\(name)' must be two numbers, but are \(count)", at: pair.site,
        hint: "\(name): \(usual)")
    }
    if let start = own["optimizer.optimizer_params.t0"] {
      idle.append(.init(value: "t0", site: start.site))
    }
  }

  /// `nesterov` and `dampening` are of the momentum.
  private mutating func checkMomentum(_ own: FateParameters, of method: String) {
    let arguments = "optimizer.optimizer_params"
    guard method == "sgd", let dampening = own["\(arguments).dampening"],
      let number = dampening.value.number, number != 0
    else { return }
    if own.value("\(arguments).nesterov") == .bool(true) {
      diagnostics.error(
        "param-conflict", "'dampening' must be 0 with 'nesterov', but is \(shortNumber(number))",
        at: dampening.site, hint: "leave one of them out")
    } else if own.value("\(arguments).momentum").number ?? 0 == 0 {
      idle.append(.init(value: "dampening", site: dampening.site))
    }
  }

  private mutating func checkSchedule(_ own: FateParameters) {
    let site = own["learning_rate_scheduler"]?.site
    if !hasToldSchedule, !FateTraining(own).schedule.isEmpty {
      hasToldSchedule = true
      diagnostics.note(
        "fate-differs",
        "the learning rate goes on from round to round, where FATE's does from batch to batch",
        at: site)
    }
    let path = "learning_rate_scheduler"
    guard own.value("\(path).method").string == "step",
      own.value("\(path).scheduler_params.step_size").isNull
    else { return }
    diagnostics.error(
      "param-missing", "'learning_rate_scheduler' needs 'step_size' with 'method: step'", at: site,
      hint: "scheduler_params: {step_size: 10, gamma: 0.5}")
  }
}
