/// The codes of FATE-Flow's envelope, by family: 1000 jobs, 2000 tasks, 3000 sites, 4000 providers,
/// 5000 requests, 6000 the server, 7000 tables, 8000 files.
///
/// Source: FATE-Flow 2.2, `fate_flow/entity/code/_api.py`.
public enum FlowCode: Int, Sendable {
  case success = 0
  case jobParameters = 1000
  case jobNotFound = 1001
  case jobCreation = 1002
  case jobUpdate = 1003
  case jobKill = 1004
  case taskNotFound = 2000
  case modelNotFound = 2005
  case standalone = 3000
  case providerParameters = 4000
  case expired = 5000
  case parameter = 5001
  case appNotFound = 5002
  case verification = 5003
  case authentication = 5004
  case permission = 5005
  case permissionChange = 5006
  case fileMissing = 5007
  case roleType = 5009
  case exception = 6000
  case restricted = 6001
  case tableNotFound = 7001
  case tableExists = 7002
  case fileNotFound = 8001
  case fileExists = 8002
}
