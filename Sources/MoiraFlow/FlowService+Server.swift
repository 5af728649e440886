internal import MoiraConfig
internal import MoiraModel
internal import MoiraRuntime

extension FlowService {
  static let providerShelf = "flow-provider"

  /// A site that is all of its parties says so with FATE's code, and its client goes on with the
  /// party of its own settings.
  func site() throws(FlowRefusal) -> FlowReply {
    guard let party = settings.party else {
      throw FlowRefusal(
        .standalone,
        Failure(
          "site-standalone", "this site is all of its parties",
          hint: "the operator names one with '--party-id'"))
    }
    return .data(.map([("party_id", .string(party))]))
  }

  func server() -> FlowReply {
    .data(
      .list([
        .map([
          ("instance_id", .string("moira")), ("timestamp", moment(ground.clock.now())),
          ("version", .string(FlowProvider.version)), ("host", .string(settings.host)),
          ("grpc_port", .int(0)), ("http_port", .int(port)),
        ])
      ]))
  }

  static let version = FlowReply.data(
    .map([
      ("FATE", .string(FlowProvider.version)), ("FATEFlow", .string(FlowProvider.version)),
      ("API", .string("v2")), ("engine", .string("moira")),
    ]))

  // MARK: Providers

  func registerProvider(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let fields = request.fields
    let name = try fields.required("name", limit: 20)
    let device = try fields.required("device", limit: 20)
    let version = try fields.required("version", limit: 20)
    let metadata = try fields.requiredMapping("metadata")
    guard providers.count < FlowLimits.apps else {
      throw FlowRefusal(
        .providerParameters, Failure("state-limit", "\(FlowLimits.apps) providers are kept already")
      )
    }
    let key = "\(name):\(version)@\(device)"
    let row: ConfigValue = .map([
      ("provider_name", .string(key)), ("name", .string(name)), ("version", .string(version)),
      ("device", .string(device)), ("metadata", metadata.value),
    ])
    let bytes = try kept { () throws(Failure) in try FlowDocument.bytes(row) }
    try await keep([DocumentChange(shelf: Self.providerShelf, key: key, bytes: bytes)])
    let isNew = providers.updateValue(row, forKey: key) == nil
    return FlowReply(message: isNew ? "create success" : "update success")
  }

  /// The one that works is this build's own; others are kept and listed, and run nothing.
  private static let own: ConfigValue = .map([
    ("provider_name", .string(FlowProvider.name)), ("name", .string(FlowProvider.protocolName)),
    ("version", .string(FlowProvider.version)), ("device", .string(FlowProvider.device)),
    ("metadata", .map([("engine", .string("moira"))])),
  ])

  func queryProviders(_ request: FlowRequest) throws(FlowRefusal) -> FlowReply {
    let components = ConfigValue.list(ground.federation.components.map { .string($0) })
    let own = try matching([Self.own], request.fields).map { row in
      ConfigValue.map([("components", components)] + row.entries)
    }
    let others = providers.sorted { $0.key < $1.key }.map(\.value)
    return .data(.list(own + (try matching(others, request.fields))))
  }

  func deleteProviders(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let gone = try matching(Array(providers.values), request.fields)
      .compactMap { $0["provider_name"]?.string }
    try await keep(
      gone.map { DocumentChange(shelf: Self.providerShelf, key: $0, bytes: nil) })
    for key in gone { providers[key] = nil }
    return .data(.bool(!gone.isEmpty))
  }

  private func matching(
    _ rows: [ConfigValue], _ fields: FlowFields
  ) throws(FlowRefusal) -> [ConfigValue] {
    var rows = rows
    for key in ["name", "device", "version", "provider_name"] {
      guard let wanted = try fields.string(key) else { continue }
      rows = rows.filter { $0[key]?.string == wanted }
    }
    return rows
  }
}

extension ConfigValue {
  var entries: [(key: String, value: ConfigValue)] {
    if case .map(let entries) = self { entries } else { [] }
  }
}
