internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `data_split`: a partitioner; its shares as FATE fills them in.
  static let dataSplit = FateComponent(
    name: "data_split", ours: "partitioner",
    inputs: [.data("input_data")],
    parameters: ParameterGroup([
      .fate("train_size", .double, "Share, or number of rows, to train on.", [.atLeast(0)]),
      .fate("validate_size", .double, "Share, or number of rows, to validate on.", [.atLeast(0)]),
      .fate("test_size", .double, "Share, or number of rows, to test on.", [.atLeast(0)]),
      .fate("stratified", .bool, "Whether each side gets its share of each label."),
      .fate("random_state", .int, "What the choice follows from.", [.atLeast(0)]),
      .fate("hetero_sync", .bool, "Whether the guest's choice of ids holds at the hosts."),
    ]),
    differences: ["a row's side follows from the hash of its id, so that it never changes"],
    outputs: { task, _ in
      [
        "train_output_data": .init(task, "train"), "validate_output_data": .init(task, "validate"),
        "test_output_data": .init(task, "test"),
      ]
    },
    steps: { call, maker in
      for member in call.members {
        if let own = call.parameters[member.party] { maker.checkSizes(own) }
      }
      if let own = call.common { maker.refuseSync(own) }
      maker.add("partitioner", for: call, inputs: [("data", call.feed("input_data"))]) { own in
        FateSplitSizes(own).entries + own.entry("stratified", from: "stratified")
          + own.entry("seed", from: "random_state")
      }
    })
}

extension FateMaker {
  fileprivate mutating func checkSizes(_ own: FateParameters) {
    let sizes = FateSplitSizes(own)
    guard let sum = sizes.sumOfShares else { return }
    let site = FateSplitSizes.names.compactMap { own[$0]?.site }.min()
    if abs(sum - 1) > 1e-6 {
      diagnostics.error(
        "split-sizes", "the shares must sum to 1, but sum to \(shortNumber(sum))",
        at: site, hint: "leave one of them out to give it the rest")
    } else if sizes.isWhole {
      diagnostics.error(
        "split-sizes", "a share of 1 leaves nothing to split off", at: site,
        hint: "the task before has the whole table")
    }
  }
}

/// The three sizes of a split; those that are not written filled in as FATE does.
private struct FateSplitSizes {
  static let names = ["train_size", "validate_size", "test_size"]
  private static let ours = ["train", "validate", "test"]

  private var sizes: [Double?]
  private let sites: [Site?]
  private let isShare: Bool

  init(_ own: FateParameters) {
    sizes = Self.names.map { own.value($0).number }
    let sites = Self.names.map { own[$0]?.site }
    let written = sites.compactMap(\.self).min() ?? own.site
    self.sites = sites.map { $0 ?? written }
    // FATE tells shares from counts by their type: 1.0 is all rows, 1 is one.
    isShare =
      sizes.allSatisfy { $0 == nil }
      || Self.names.contains { name in
        if case .double = own.written(name)?.content { true } else { false }
      }
    fillIn()
  }

  private mutating func fillIn() {
    if sizes.allSatisfy({ $0 == nil }) {
      sizes = [0.8, 0.2, 0]
      return
    }
    guard isShare else { return }
    let rest = max(0, 1 - sizes.reduce(0) { $0 + ($1 ?? 0) })
    // Where FATE puts what is left: to the training rows, or else to the test rows.
    let place = [0, 2, 1].first { sizes[$0] == nil }
    if let place { sizes[place] = (rest * 1e12).rounded() / 1e12 }
    sizes = sizes.map { $0 ?? 0 }
  }

  var sumOfShares: Double? { isShare ? sizes.reduce(0) { $0 + ($1 ?? 0) } : nil }
  var isWhole: Bool { sizes.contains { $0 == 1 } }

  var entries: [ConfigMap.Entry] {
    var entries: [ConfigMap.Entry] = []
    for place in 0..<3 {
      guard let size = sizes[place], size > 0 else { continue }
      // What is left goes to the training rows anyway.
      if place == 0, isShare, abs(size + (sizes[1] ?? 0) + (sizes[2] ?? 0) - 1) < 1e-9 { continue }
      entries.append(.init(Self.ours[place], .double(size), at: sites[place]))
    }
    return entries
  }
}
