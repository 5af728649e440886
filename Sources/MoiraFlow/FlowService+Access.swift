internal import MoiraConfig
internal import MoiraModel
internal import MoiraRuntime

extension FlowService {
  static let appShelf = "flow-app"
  static let partnerShelf = "flow-partner"
  static let grantShelf = "flow-grant"
  private static let roles = ["client", "site", "super_client"]

  func readAccess() async throws(Failure) {
    for document in try await ground.documents.documents(on: Self.appShelf) {
      let app = try FlowDocument.read(FlowAccess.App.self, document.bytes)
      access.apps[app.id] = app
    }
    for document in try await ground.documents.documents(on: Self.partnerShelf) {
      let partner = try FlowDocument.read(FlowAccess.Partner.self, document.bytes)
      access.partners[partner.party] = partner
    }
    for document in try await ground.documents.documents(on: Self.grantShelf) {
      access.grants.insert(try FlowDocument.read(FlowAccess.Grant.self, document.bytes))
    }
  }

  func answerAccess(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    guard settings.isAuthenticated else {
      // As in FATE: who is nobody while requests are not signed can be given nothing.
      throw FlowRefusal(
        .restricted,
        Failure(
          "authentication-off", "apps and permissions need that requests are signed",
          hint: "the operator starts the server with '--authentication'"))
    }
    let fields = request.fields
    switch request.route {
    case .clientCreate: return try await createClient(fields)
    case .siteCreate: return try await createSite(fields)
    case .clientDelete: return try await deleteApp(try fields.required("app_id"), type: "client")
    case .siteDelete: return try await deleteSite(fields)
    case .clientQuery: return try queryApps(fields, type: "client")
    case .siteAppQuery: return try queryApps(fields, type: "site")
    case .partnerCreate: return try await createPartner(fields)
    case .partnerDelete: return try await deletePartner(fields)
    case .partnerQuery: return try queryPartners(fields)
    case .permissionGrant: return try await changeRole(fields, isGranted: true)
    case .permissionDelete: return try await changeRole(fields, isGranted: false)
    case .permissionQuery: return try queryRoles(fields)
    case .permissionRoles: return .data(.list(Self.roles.map { .string($0) }))
    case .resourceGrant: return try await changeGrants(fields, isGranted: true)
    case .resourceDelete: return try await changeGrants(fields, isGranted: false)
    case .resourceQuery: return try queryGrants(fields)
    default: throw Self.unsupported(request.route)
    }
  }

  // MARK: Apps

  private func createClient(_ fields: FlowFields) async throws(FlowRefusal) -> FlowReply {
    try await create(name: try fields.required("app_name"), type: "client")
  }

  private func createSite(_ fields: FlowFields) async throws(FlowRefusal) -> FlowReply {
    try await create(name: try fields.required("party_id"), type: "site")
  }

  private func create(name: String, type: String) async throws(FlowRefusal) -> FlowReply {
    guard access.apps.count < FlowLimits.apps else {
      throw FlowRefusal(
        .restricted, Failure("state-limit", "\(FlowLimits.apps) apps are kept already"))
    }
    if type == "site", access.apps.values.contains(where: { $0.type == type && $0.name == name }) {
      throw FlowRefusal(
        .permissionChange, Failure("app-exists", "the site '\(name)' has an app already"),
        field: "party_id")
    }
    var id = ""
    repeat { id = FlowSecret.digits(8) } while access.apps[id] != nil
    let app = FlowAccess.App(id: id, name: name, type: type, token: FlowSecret.token())
    try await keep(app)
    return .data(app.row(withToken: true))
  }

  private func keep(_ app: FlowAccess.App) async throws(FlowRefusal) {
    let bytes = try kept { () throws(Failure) in try FlowDocument.bytes(app) }
    try await keep([DocumentChange(shelf: Self.appShelf, key: app.id, bytes: bytes)])
    access.apps[app.id] = app
  }

  private func app(_ id: String) throws(FlowRefusal) -> FlowAccess.App {
    if let app = access.apps[id] { return app }
    throw FlowRefusal(
      .appNotFound, Failure("app-unknown", "there is no app '\(id.prefix(60))'"), field: "app_id")
  }

  private func deleteApp(_ id: String, type: String) async throws(FlowRefusal) -> FlowReply {
    let app = try app(id)
    guard app.type == type else {
      throw FlowRefusal(
        .roleType, Failure("app-type", "the app '\(id)' is a \(app.type), not a \(type)"),
        field: "app_id")
    }
    try await keep([DocumentChange(shelf: Self.appShelf, key: id, bytes: nil)])
    access.apps[id] = nil
    return .data(.map([("status", .bool(true))]))
  }

  private func deleteSite(_ fields: FlowFields) async throws(FlowRefusal) -> FlowReply {
    let party = try fields.required("party_id")
    let app = access.apps.values.first { $0.type == "site" && $0.name == party }
    guard let app else {
      throw FlowRefusal(
        .appNotFound, Failure("app-unknown", "there is no app of a site '\(party)'"),
        field: "party_id")
    }
    return try await deleteApp(app.id, type: "site")
  }

  private func queryApps(_ fields: FlowFields, type: String) throws(FlowRefusal) -> FlowReply {
    let id = try fields.string("app_id")
    let name = try fields.string(either: "app_name", "party_id")
    let found = access.apps.values.filter {
      $0.type == type && (id == nil || id == $0.id) && (name == nil || name == $0.name)
    }
    return .data(.list(found.sorted { $0.id < $1.id }.map { $0.row(withToken: false) }))
  }

  // MARK: Partners

  private func createPartner(_ fields: FlowFields) async throws(FlowRefusal) -> FlowReply {
    let partner = FlowAccess.Partner(
      party: try fields.required("party_id"), app: try fields.required("app_id"),
      token: try fields.required("app_token"))
    guard access.partners.count < FlowLimits.apps else {
      throw FlowRefusal(
        .restricted, Failure("state-limit", "\(FlowLimits.apps) partners are kept already"))
    }
    let bytes = try kept { () throws(Failure) in try FlowDocument.bytes(partner) }
    try await keep([DocumentChange(shelf: Self.partnerShelf, key: partner.party, bytes: bytes)])
    access.partners[partner.party] = partner
    return .data(partner.row(withToken: false))
  }

  private func deletePartner(_ fields: FlowFields) async throws(FlowRefusal) -> FlowReply {
    let party = try fields.required("party_id")
    let isThere = access.partners[party] != nil
    try await keep([DocumentChange(shelf: Self.partnerShelf, key: party, bytes: nil)])
    access.partners[party] = nil
    return .data(.map([("status", .bool(isThere))]))
  }

  private func queryPartners(_ fields: FlowFields) throws(FlowRefusal) -> FlowReply {
    let party = try fields.string("party_id")
    let found = access.partners.values.filter { party == nil || party == $0.party }
    return .data(.list(found.sorted { $0.party < $1.party }.map { $0.row(withToken: false) }))
  }

  // MARK: Roles

  private func changeRole(
    _ fields: FlowFields, isGranted: Bool
  ) async throws(FlowRefusal) -> FlowReply {
    var app = try app(try fields.required("app_id"))
    let role = try fields.required("role")
    guard Self.roles.contains(role) else {
      throw fields.refusal(
        "role", "must be one of \(Self.roles.joined(separator: ", ")), but is '\(role)'")
    }
    guard (role == "site") == (app.type == "site") else {
      throw FlowRefusal(
        .roleType,
        Failure("app-type", "the app '\(app.id)' is a \(app.type), which cannot be a '\(role)'"),
        field: "role")
    }
    if isGranted { app.roles.insert(role) } else { app.roles.remove(role) }
    try await keep(app)
    return .done
  }

  private func queryRoles(_ fields: FlowFields) throws(FlowRefusal) -> FlowReply {
    let roles = try app(try fields.required("app_id")).roles.sorted()
    let permissions = roles.map { role in
      (key: role, value: ConfigValue.list([.string(role == "super_client" ? "*" : "client")]))
    }
    return .data(
      .map([
        ("roles", .list(roles.map { .string($0) })), ("permissions", .map(permissions)),
      ]))
  }

  // MARK: Resources

  private func grants(in fields: FlowFields) throws(FlowRefusal) -> [FlowAccess.Grant] {
    let party = try fields.required("party_id")
    let components = try fields.strings("component", separator: ",") ?? []
    var grants = components.map {
      FlowAccess.Grant(party: party, kind: "component", value: $0)
    }
    for node in fields.node("dataset")?.list ?? fields.node("dataset").map({ [$0] }) ?? [] {
      guard let map = node.map else {
        throw fields.refusal(
          "dataset", "must be a mapping of namespace and name, or a list of them")
      }
      let table = FlowFields(map, at: "dataset")
      let name = FlowTable.dataset(
        namespace: try table.required("namespace"), name: try table.required("name"))
      grants.append(FlowAccess.Grant(party: party, kind: "dataset", value: name))
    }
    return grants
  }

  private func changeGrants(
    _ fields: FlowFields, isGranted: Bool
  ) async throws(FlowRefusal) -> FlowReply {
    let grants = try grants(in: fields)
    if grants.isEmpty { throw fields.refusal("component", "or 'dataset' must be given") }
    guard access.grants.count + grants.count <= FlowLimits.apps else {
      throw FlowRefusal(
        .restricted, Failure("state-limit", "\(FlowLimits.apps) grants are kept already"))
    }
    var changes: [DocumentChange] = []
    for grant in grants {
      let bytes = try kept { () throws(Failure) in try FlowDocument.bytes(grant) }
      changes.append(
        DocumentChange(shelf: Self.grantShelf, key: grant.key, bytes: isGranted ? bytes : nil))
    }
    try await keep(changes)
    if isGranted { access.grants.formUnion(grants) } else { access.grants.subtract(grants) }
    return .done
  }

  private func queryGrants(_ fields: FlowFields) throws(FlowRefusal) -> FlowReply {
    let party = try fields.required("party_id")
    let found = access.grants.filter { $0.party == party }.sorted { $0.key < $1.key }
    func values(_ kind: String) -> ConfigValue {
      .list(found.filter { $0.kind == kind }.map { .string($0.value) })
    }
    return .data(.map([("component", values("component")), ("dataset", values("dataset"))]))
  }

  /// A partner's site may submit what it was granted: its components, and the tables that its
  /// readers name. Clients of this site may submit anything.
  func checkGrants(of caller: FlowCaller?, for dag: ConfigValue) throws(FlowRefusal) {
    guard let party = caller?.party else { return }
    let own = access.grants.filter { $0.party == party }
    func mayUse(_ kind: String, _ value: String) -> Bool {
      own.contains { $0.kind == kind && ($0.value == value || $0.value == "*") }
    }
    for task in dag["dag"]?["tasks"]?.entries ?? [] {
      let component = task.value["component_ref"]?.text ?? ""
      if !mayUse("component", component) {
        throw FlowRefusal(
          .permission,
          Failure(
            "resource-refused", "the site '\(party)' may not use the component '\(component)'"),
          field: "dag.tasks.\(task.key).component_ref")
      }
    }
    for name in DAGTables.names(in: dag) where !mayUse("dataset", name) {
      throw FlowRefusal(
        .permission,
        Failure("resource-refused", "the site '\(party)' may not use the table '\(name)'"),
        field: "dag")
    }
  }
}

/// The tables that a DAG names, wherever it does.
enum DAGTables {
  /// Every `name` with its `namespace`; as datasets.
  static func names(in value: ConfigValue) -> [String] {
    var names: [String] = []
    var open = [value]
    while let next = open.popLast() {
      if let name = next["name"]?.text, let namespace = next["namespace"]?.text {
        names.append(FlowTable.dataset(namespace: namespace, name: name))
      }
      switch next {
      case .list(let values): open += values
      case .map(let entries): open += entries.map(\.value)
      case .null, .bool, .int, .double, .string: break
      }
    }
    return names
  }
}
