internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  private static let optimizers = ["sgd", "adagrad", "adam", "adamw", "rmsprop"]

  /// Which of PyTorch's arguments each optimizer has, beside `lr` and `weight_decay`.
  private static let arguments: [String: Set<String>] = [
    "sgd": ["momentum", "dampening", "nesterov"],
    "adagrad": ["eps", "lr_decay", "initial_accumulator_value"],
    "adam": ["betas", "eps", "amsgrad"], "adamw": ["betas", "eps", "amsgrad"],
    "rmsprop": ["momentum", "alpha", "eps", "centered"],
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
    let method = own["optimizer.method"]
    let name = method?.name ?? "sgd"
    guard Self.optimizers.contains(name) else {
      diagnostics.error(
        "fate-unsupported", "the optimizer '\(name)' has no counterpart here", at: method?.site,
        hint: "supported are " + list(Self.optimizers))
      return
    }
    if own["optimizer"] != nil, own.isWritten("optimizer"),
      own.written("optimizer.optimizer_params") == nil
    {
      diagnostics.note(
        "fate-differs", "without 'optimizer_params', which FATE requires, 'lr' is 0.01",
        at: own["optimizer"]?.site)
    }
    checkArguments(own, of: name)
  }

  private mutating func checkArguments(_ own: FateParameters, of method: String) {
    let known = (Self.arguments[method] ?? []).union(["lr", "weight_decay", "maximize"])
    for entry in own.written("optimizer.optimizer_params")?.map?.entries ?? [] {
      if FateTraining.optimizer["optimizer_params"]?.kind.nested?[entry.key] != nil,
        !known.contains(entry.key)
      {
        diagnostics.error(
          "param-unknown", "'\(entry.key)' is not an argument of '\(method)'", at: entry.keySite,
          hint: "'\(method)' has " + known.sorted().joined(separator: ", "))
      }
      let isOff = entry.value.value == .bool(false) || entry.value.value.number == 0
      let unused = [
        "dampening", "lr_decay", "amsgrad", "centered", "maximize", "initial_accumulator_value",
      ]
      if unused.contains(entry.key), !isOff {
        diagnostics.error(
          "fate-unsupported", "'\(entry.key)' of '\(method)' has no counterpart here",
          at: entry.keySite, hint: "leave it out")
      }
    }
    if let betas = own["optimizer.optimizer_params.betas"]?.list, betas.count != 2 {
      diagnostics.error(
        "param-type", "'betas' must be two numbers, but are \(betas.count)",
        at: own["optimizer.optimizer_params.betas"]?.site, hint: "betas: [0.9, 0.999]")
    }
  }

  private mutating func checkSchedule(_ own: FateParameters) {
    let path = "learning_rate_scheduler.scheduler_params"
    let site = own["learning_rate_scheduler"]?.site
    switch own.value("learning_rate_scheduler.method").string {
    case "step" where own.value("\(path).step_size").isNull:
      diagnostics.error(
        "param-missing", "'learning_rate_scheduler' needs 'step_size' with 'method: step'",
        at: site, hint: "scheduler_params: {step_size: 10, gamma: 0.5}")
    case "linear":
      // PyTorch's own default; ours goes straight over all rounds.
      var iterations = 5
      if case .int(let written) = own.value("\(path).total_iters") { iterations = written }
      var epochs = 20
      if case .int(let written) = own.value("epochs") { epochs = written }
      guard iterations != epochs else { return }
      diagnostics.error(
        "fate-unsupported",
        "'total_iters' must be the number of epochs, \(epochs), but is \(iterations)",
        at: own["\(path).total_iters"]?.site ?? site,
        hint: "scheduler_params: {total_iters: \(epochs)}")
    case "constant", nil:
      guard let factor = own["\(path).factor"], factor.value.number != 1 else { return }
      diagnostics.error(
        "fate-unsupported", "'factor' must be 1: the first rounds have the rate of the others",
        at: factor.site, hint: "multiply 'lr' by it")
    default: break
    }
  }
}
