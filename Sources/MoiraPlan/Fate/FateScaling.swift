internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
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
      .fate("scale_idx", .list(.int), "The columns to scale, by their places.", [.atLeast(0)]),
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
      for member in call.members {
        if let own = call.parameters[member.party] { maker.checkScale(own) }
      }
      if call.stage == .predict {
        maker.add(
          "feature_scale", for: call,
          inputs: [("data", call.feed("test_data")), ("given_scaler", call.feed("input_model"))]
        ) { own in [.init("pooled", .bool(false), at: own.site)] }
        return
      }
      let pools = !maker.arbiters.isEmpty && maker.scalesAlike(call)
      maker.add(
        "feature_scale", for: call, inputs: [("data", call.feed("train_data"))], isPooled: pools
      ) { own in
        (pools ? [] : [.init("pooled", .bool(false), at: own.site)])
          + own.entry("method", from: "method") + range(own)
          + own.entry("scale_col", from: "scale_col") + own.entry("scale_idx", from: "scale_idx")
          + strict(own)
      }
    })

  /// Ranges are of `min_max`, and of the columns that are scaled; `checkScale` tells of others.
  private static func range(_ own: FateParameters) -> [ConfigMap.Entry] {
    guard own.isRanged, let node = own["feature_range"] else { return [] }
    guard let map = node.map else { return own.entry("feature_range", from: "feature_range") }
    let idle = Set(own.idleRanges.map(\.key))
    let kept = map.entries.filter { !idle.contains($0.key) }
    if kept.isEmpty { return [] }
    return [
      .init(
        key: "feature_range", keySite: node.site,
        value: ConfigNode(.map(ConfigMap(kept)), at: node.site))
    ]
  }

  private static func strict(_ own: FateParameters) -> [ConfigMap.Entry] {
    guard own.isRanged else { return [] }
    if let written = own["strict_range"] {
      return [.init(key: "strict_range", keySite: written.site, value: written)]
    }
    return [.init("strict_range", .bool(true), at: own.site)]
  }
}

extension FateParameters {
  fileprivate var isRanged: Bool { value("method") == .string("min_max") }

  /// Ranges of columns that `scale_col` leaves out; FATE passes over them.
  fileprivate var idleRanges: [ConfigMap.Entry] {
    guard let scaled = self["scale_col"]?.list?.compactMap(\.name), !scaled.isEmpty else {
      return []
    }
    return ranges.filter { !scaled.contains($0.key) }
  }

  /// `feature_range` by column, as written.
  fileprivate var ranges: [ConfigMap.Entry] { written("feature_range")?.map?.entries ?? [] }
}

extension FateMaker {
  fileprivate mutating func checkScale(_ own: FateParameters) {
    refuseAnonymous(own)
    if let places = own["scale_idx"], own["scale_col"] != nil {
      diagnostics.error(
        "param-conflict", "one of 'scale_col' and 'scale_idx' may be given, but both are",
        at: places.site, hint: "leave one of them out")
    }
    guard own["feature_range"] != nil else { return }
    for entry in own.ranges { checkRange(entry.value, "feature_range.\(entry.key)") }
    if let range = own.written("feature_range"), range.map == nil {
      checkRange(range, "feature_range")
    }
    if own.isRanged {
      idle += own.idleRanges.map { .init(value: "feature_range.\($0.key)", site: $0.keySite) }
    } else if let range = own.written("feature_range"), range.value != .list([.int(0), .int(1)]) {
      idle.append(.init(value: "feature_range", site: range.site))
    }
  }

  private mutating func checkRange(_ node: ConfigNode, _ name: String) {
    let ends = node.list?.compactMap(\.value.number) ?? []
    if ends.count == 2, ends.count == node.list?.count, ends[0] < ends[1] { return }
    diagnostics.error(
      "param-conflict", "'\(name)' must be two numbers, the less one first", at: node.site,
      hint: "[0, 1]")
  }

  /// Whether all parties scale the same columns in the same way, so that one scaler can serve all.
  fileprivate mutating func scalesAlike(_ call: FateCall) -> Bool {
    let names = ["method", "scale_col", "scale_idx", "feature_range", "strict_range"]
    guard let first = call.members.first, let own = call.parameters[first.party] else {
      return true
    }
    for member in call.members.dropFirst() {
      guard let other = call.parameters[member.party],
        let name = names.first(where: { other.value($0) != own.value($0) })
      else { continue }
      diagnostics.note(
        "fate-differs",
        "'\(name)' is not the same at '\(first.party)' and '\(member.party)', so that each party scales by its own rows, as FATE's do",
        at: (other[name] ?? own[name])?.site)
      return false
    }
    return true
  }
}
