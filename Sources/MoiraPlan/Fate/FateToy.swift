internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `toy_example`: what `flow test toy` runs.
  static let toyExample = FateComponent(
    name: "toy_example", ours: "toy_example",
    parameters: ParameterGroup([
      .fate("data_num", .int, "Numbers of each party.", [.atLeast(1)]),
      .fate("partition", .int, "Partitions of tables.", [.atLeast(1)]),
    ]),
    needsOthers: { _ in true },
    outputs: { _, _ in [:] },
    steps: { call, maker in
      maker.add("toy_example", for: call, inputs: []) { $0.entry("count", from: "data_num") }
    })
}
