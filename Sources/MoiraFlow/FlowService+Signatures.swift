internal import MoiraModel
internal import MoiraRuntime

extension FlowService {
  /// Who has signed a request; nil while requests need no signature.
  ///
  /// - Throws: FATE's codes 5000 to 5005.
  func caller(
    _ request: Signature.Request, route: FlowRoute, signature: Signature?
  ) throws(FlowRefusal) -> FlowCaller? {
    guard settings.isAuthenticated else { return nil }
    guard let signature else { throw Self.noSignature }
    let app = try check(signature, request)
    let caller = FlowCaller(app: app)
    guard caller.mayCall, !route.isAdministrative || caller.mayAdminister else {
      throw FlowRefusal(
        .permission,
        Failure(
          "permission-refused", "the app '\(app.id)' may not call '\(route.path)'",
          hint:
            "'flow permission grant --app-id \(app.id) -r \(route.isAdministrative ? "super_client" : app.type)' by the administrator lets it"
        ))
    }
    return caller
  }

  /// Refuses what cannot be signed rightly before its body is read.
  func precheck(_ signature: Signature?) throws(FlowRefusal) {
    guard settings.isAuthenticated else { return }
    guard let signature else { throw Self.noSignature }
    if knownApp(signature.app) == nil { throw Self.wrongSignature }
  }

  private func check(
    _ signature: Signature, _ request: Signature.Request
  ) throws(FlowRefusal) -> FlowAccess.App {
    let now = ground.clock.now()
    let window = Duration.seconds(FlowLimits.signatureSeconds)
    guard let moment = signature.moment, moment + window >= now, moment <= now + window else {
      throw FlowRefusal(
        .expired,
        Failure(
          "signature-expired",
          "the time of the signature is more than \(FlowLimits.signatureSeconds) seconds off",
          hint: "set the clock of the client's machine"))
    }
    // An app that is not there is answered as a wrong signature is: ids cannot be tried out.
    guard let app = knownApp(signature.app) else { throw Self.wrongSignature }
    var replayKey = "\(app.id) \(signature.nonce)"
    if !signature.isValid(for: request, token: app.token) {
      guard signature.isValidLegacy(token: app.token) else { throw Self.wrongSignature }
      guard settings.acceptsLegacySignatures else {
        throw FlowRefusal(
          .verification,
          Failure(
            "signature-legacy",
            "FATE's own signature says nothing of the request, and is not accepted here",
            hint: "the operator may accept it with '--accept-legacy-signatures'"))
      }
      // Its nonces are four digits: two requests of one second may share one.
      replayKey +=
        " \(signature.timestamp) \(request.method) \(request.target) \(request.bodyDigest)"
      if request.method == "GET" { return app }
    }
    guard nonces.take(replayKey, until: moment + window + window, now: now) else {
      throw FlowRefusal(
        .verification, Failure("signature-replayed", "a request with this nonce was taken already"))
    }
    return app
  }

  private func knownApp(_ id: String) -> FlowAccess.App? {
    if id == "admin", let token = settings.adminToken {
      return FlowAccess.App(id: "admin", name: "admin", type: "admin", token: token)
    }
    return access.apps[id]
  }

  private static let noSignature = FlowRefusal(
    .authentication,
    Failure(
      "signature-missing",
      "the request must carry the headers appId, Nonce, Timestamp and Signature"))

  private static let wrongSignature = FlowRefusal(
    .verification,
    Failure("signature-wrong", "the signature is not that of the app for this request"))
}
