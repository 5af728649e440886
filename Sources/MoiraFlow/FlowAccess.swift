internal import MoiraConfig
internal import MoiraModel

/// Who may call: apps with their tokens and roles, and what partners may use.
struct FlowAccess: Sendable {
  /// A client's app, or that of a partner's site.
  struct App: Codable, Sendable {
    let id: String
    let name: String
    /// `client`, `site` or `admin`.
    let type: String
    let token: String
    /// Of `client`, `super_client`, `site`.
    var roles: Set<String> = []

    /// The token is told once, when the app is made.
    func row(withToken: Bool) -> ConfigValue {
      .map([
        ("app_id", .string(id)), ("app_name", .string(name)), ("app_type", .string(type)),
        ("app_token", .string(withToken ? token : "********")),
      ])
    }
  }

  /// The site of a partner that this one signs for.
  struct Partner: Codable, Sendable {
    let party: String
    let app: String
    let token: String

    func row(withToken: Bool) -> ConfigValue {
      .map([
        ("party_id", .string(party)), ("app_id", .string(app)),
        ("app_token", .string(withToken ? token : "********")),
      ])
    }
  }

  /// What a partner's site may use here.
  struct Grant: Codable, Hashable, Sendable {
    let party: String
    /// `component` or `dataset`.
    let kind: String
    /// A component's name or `*`; `namespace.name` of a table.
    let value: String

    var key: String { "\(party)/\(kind)/\(value)" }
  }

  var apps: [String: App] = [:]
  var partners: [String: Partner] = [:]
  var grants: Set<Grant> = []
}

/// The app that has signed a request.
struct FlowCaller: Sendable {
  let app: FlowAccess.App

  var mayAdminister: Bool { app.type == "admin" || app.roles.contains("super_client") }
  var mayCall: Bool { mayAdminister || !app.roles.isDisjoint(with: ["client", "site"]) }
  /// The party of a partner's site; nil for a client of this one.
  var party: String? { app.type == "site" ? app.name : nil }
}
