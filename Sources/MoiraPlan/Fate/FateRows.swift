internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `sample`: a share or number of a party's rows.
  static let sample = FateComponent(
    name: "sample", ours: "sample",
    inputs: [.data("input_data")],
    parameters: ParameterGroup([
      .fate("replace", .bool, "Whether a row may be drawn again."),
      .fate(
        "frac", .either([.double, .dictionary(.double)]), "A share, or one for each label.",
        [.moreThan(0)]), .fate("n", .int, "A number of rows.", [.moreThan(0)]),
      .fate("random_state", .int, "What the draws follow from.", [.atLeast(0)]),
      .fate("hetero_sync", .bool, "Whether the guest's choice of ids holds at the hosts."),
    ]),
    outputs: { task, _ in ["output_data": .init(task, "table")] },
    steps: { call, maker in
      if let own = call.common { maker.refuseSync(own) }
      maker.add("sample", for: call, inputs: [("data", call.feed("input_data"))]) { own in
        let frac = own["frac"]
        let share = own.entry(frac?.map == nil ? "share" : "shares", from: "frac")
        let count = own.entry("count", from: "n")
        let all = ConfigMap.Entry("share", .double(1), at: own.site)
        return (share.isEmpty && count.isEmpty ? [all] : share + count)
          + own.entry("replace", from: "replace") + own.entry("seed", from: "random_state")
      }
    })

  /// `union`: the rows of several tables of a party, one after the other.
  static let union = FateComponent(
    name: "union", ours: "union",
    inputs: [.data("input_datas", aliases: ["input_data_list"], isMany: true)],
    parameters: ParameterGroup([]),
    outputs: { task, _ in ["output_data": .init(task, "table")] },
    steps: { call, maker in
      let feeds = call.feeds["input_datas"] ?? []
      guard var first = feeds.first else { return }
      if feeds.count == 1 {
        maker.add("union", for: call, inputs: [("data", first)])
        return
      }
      // Ours joins two; the last of the chain is the task's own step.
      var beside: [TaskID] = []
      for (index, feed) in feeds.enumerated().dropFirst() {
        let isLast = index == feeds.count - 1
        let id = isLast ? call.id : FateNames.beside(call.id, "\(index)")
        maker.add("union", for: call, as: id, inputs: [("data", first), ("more", feed)])
        first = FateFeed(place: .init(id, "table"), site: feed.sources.first?.site)
        if !isLast { beside.append(id) }
      }
      maker.owned[call.id] = [call.id] + beside
    })
}

extension FateMaker {
  /// Only parties that hold columns apart share ids.
  mutating func refuseSync(_ own: FateParameters) {
    guard case .bool(true) = own.value("hetero_sync") else { return }
    diagnostics.error(
      "fate-unsupported", "'hetero_sync' must be false: parties that hold rows apart share no ids",
      at: own["hetero_sync"]?.site, hint: "hetero_sync: false")
  }
}
