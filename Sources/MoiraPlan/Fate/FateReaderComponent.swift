internal import MoiraConfig
internal import MoiraModel

extension FateComponent {
  /// `reader`: the table `name` of `namespace` is the dataset `namespace.name`.
  ///
  /// Which columns are id and label, FATE keeps with the table; here the party's registry does.
  static let reader = FateComponent(
    name: "reader", ours: "reader",
    parameters: ParameterGroup([
      .fate("name", .string, "The table.", isRequired: true),
      .fate("namespace", .string, "Where it is filed.", isRequired: true),
    ]),
    outputs: { task, _ in ["output_data": .init(task, "table")] },
    steps: { call, maker in
      for member in call.members {
        guard let parameters = call.parameters[member.party],
          let name = dataset(parameters)?.value.name
        else { continue }
        maker.checkDataset(.init(value: name, site: parameters["name"]?.site))
      }
      maker.add("reader", for: call, inputs: []) { dataset($0).map { [$0] } ?? [] }
    })

  private static func dataset(_ parameters: FateParameters) -> ConfigMap.Entry? {
    guard let name = parameters["name"], let text = name.name else { return nil }
    let namespace = parameters["namespace"]?.name
    return .init(
      "dataset", .string(FateNames.dataset(namespace: namespace, name: text)), at: name.site)
  }

  /// `dataframe_transformer`: tables are read as they are registered, so it is a reader of its input.
  static let dataframeTransformer = FateComponent(
    name: "dataframe_transformer", ours: "reader",
    inputs: [.data("table")],
    parameters: ParameterGroup([
      .fate("name", .string, "The table that FATE would write."),
      .fate("namespace", .string, "Where it would be filed."),
      .fate("site_name", .string, "The name of the site."),
    ]),
    idle: ["site_name"],
    differences: [
      "a registered file is a table as it is, so that nothing is filed under 'namespace' and 'name'"
    ],
    outputs: { task, _ in
      ["dataframe_output": .init(FateNames.beside(task, "table"), "table")]
    },
    steps: { call, maker in maker.passOn(call, "table") })
}

extension FateMaker {
  /// The task is the step that brings in its input, and no other.
  mutating func passOn(_ call: FateCall, _ port: String) {
    guard let feed = call.feed(port) else { return }
    let reader = FateNames.beside(call.id, port)
    if let other = feed.sources.first(where: { $0.place.step != reader }) {
      diagnostics.error(
        "fate-unsupported", "'\(call.component.name)' reads a table that a party has registered",
        at: other.site, hint: "\(port): {data_warehouse: {namespace: ..., name: ...}}")
    } else {
      owned[call.id] = [reader]
    }
  }
}
