/// The routes of FATE-Flow's HTTP API v2 that its client calls.
///
/// Source: `fate_client` 2.2.0, `flow_sdk/api`.
enum FlowRoute: String, CaseIterable, Sendable {
  case jobSubmit = "POST /job/submit"
  case jobQuery = "GET /job/query"
  case jobStop = "POST /job/stop"
  case jobRerun = "POST /job/rerun"
  case jobList = "GET /job/list/query"
  case taskQuery = "GET /job/task/query"
  case taskList = "GET /job/task/list/query"
  case jobDependency = "GET /job/dag/dependency"
  case jobNotes = "POST /job/notes/add"
  case jobLog = "POST /job/log/download"
  case queueClean = "POST /job/queue/clean"
  case jobClean = "POST /job/clean"

  case metricKeys = "GET /output/metric/key/query"
  case metricQuery = "GET /output/metric/query"
  case metricDelete = "POST /output/metric/delete"
  case modelQuery = "GET /output/model/query"
  case modelDownload = "GET /output/model/download"
  case outputModelDelete = "POST /output/model/delete"
  case dataDownload = "GET /output/data/download"
  case dataTable = "GET /output/data/table"
  case dataDisplay = "GET /output/data/display"

  case upload = "POST /data/component/upload"
  case uploadFile = "POST /data/component/upload/file"
  case componentDownload = "POST /data/component/download"
  case transformer = "POST /data/component/dataframe/transformer"
  case tableDownload = "GET /data/download"
  case tableQuery = "GET /table/query"
  case tableDelete = "POST /table/delete"
  case tableBind = "POST /table/bind/path"

  case modelExport = "POST /model/export"
  case modelImport = "POST /model/import"
  case modelDelete = "POST /model/delete"
  case modelLoad = "POST /model/load"
  case modelMigrate = "POST /model/migrate"
  case modelStore = "POST /model/store"
  case modelRestore = "POST /model/restore"

  case siteQuery = "GET /site/info/query"
  case serverQuery = "GET /server/fateflow"
  case versionQuery = "GET /version"
  case logCount = "GET /log/count"
  case logQuery = "GET /log/query"

  case providerRegister = "POST /provider/register"
  case providerQuery = "GET /provider/query"
  case providerDelete = "POST /provider/delete"

  case permissionGrant = "POST /permission/grant"
  case permissionDelete = "POST /permission/delete"
  case permissionQuery = "GET /permission/query"
  case permissionRoles = "GET /permission/role/query"
  case resourceGrant = "POST /permission/resource/grant"
  case resourceDelete = "POST /permission/resource/delete"
  case resourceQuery = "GET /permission/resource/query"

  case clientCreate = "POST /app/client/create"
  case clientDelete = "POST /app/client/delete"
  case clientQuery = "GET /app/client/query"
  case siteCreate = "POST /app/site/create"
  case siteDelete = "POST /app/site/delete"
  case siteAppQuery = "GET /app/site/query"
  case partnerCreate = "POST /app/partner/create"
  case partnerDelete = "POST /app/partner/delete"
  case partnerQuery = "GET /app/partner/query"

  static let prefix = "/v2"

  var method: String { String(rawValue.prefix { $0 != " " }) }
  var path: String { Self.prefix + String(rawValue.drop { $0 != "/" }) }

  /// Whether only the administrator's app and apps in the role `super_client` may call it.
  var isAdministrative: Bool {
    ["/v2/app/", "/v2/permission/"].contains { path.hasPrefix($0) }
      || self == .providerRegister || self == .providerDelete
  }

  /// Whether its body is a multipart form.
  var takesFile: Bool { self == .uploadFile || self == .modelImport }

  /// The routes by path, then by method.
  static let byPath: [String: [String: FlowRoute]] = Dictionary(
    grouping: allCases, by: \.path
  ).mapValues { Dictionary($0.map { ($0.method, $0) }, uniquingKeysWith: { $1 }) }
}
