internal import MoiraConfig
internal import MoiraModel

extension FlowService {
  /// The answer to a request; a refusal is one too.
  public func answer(_ request: FlowRequest) async -> FlowReply {
    do throws(FlowRefusal) {
      switch request.route.group {
      case .job: return try await answerJob(request)
      case .output: return try await answerOutput(request)
      case .data: return try await answerTable(request)
      case .model: return try await answerModel(request)
      case .server: return try await answerServer(request)
      case .access: return try await answerAccess(request)
      }
    } catch {
      return error.reply
    }
  }

  private func answerJob(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    switch request.route {
    case .jobSubmit: try await submit(request)
    case .jobQuery: try await queryJobs(request)
    case .jobStop: try await stop(request)
    case .jobRerun: try await rerun(request)
    case .jobList: try await listJobs(request)
    case .taskQuery: try await queryTasks(request)
    case .taskList: try await listTasks(request)
    case .jobDependency: try await dependencies(request)
    case .jobNotes: try await addNotes(request)
    case .jobLog: try await downloadLog(request)
    case .queueClean: try await cleanQueue()
    case .jobClean: try await clean(request)
    default: throw Self.unsupported(request.route)
    }
  }

  private func answerOutput(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    switch request.route {
    case .metricKeys: try await metricKeys(request)
    case .metricQuery: try await metrics(request)
    case .metricDelete: try await deleteOutputs(.metric, request)
    case .modelQuery: try await models(request)
    case .modelDownload: try await downloadModels(request)
    case .outputModelDelete: try await deleteOutputs(.model, request)
    case .dataDownload: try await downloadData(request)
    case .dataTable: try await dataTables(request)
    case .dataDisplay: try await displayData(request)
    default: throw Self.unsupported(request.route)
    }
  }

  private func answerTable(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    if try !namesOutput(request) { try checkDataMayLieHere("a table", .restricted) }
    return switch request.route {
    case .upload: try await upload(request)
    case .uploadFile: try await uploadFile(request)
    case .componentDownload: try await downloadOnServer(request)
    case .transformer: try await transform(request)
    case .tableDownload: try await downloadTable(request)
    case .tableQuery: try await queryTable(request)
    case .tableDelete: try await deleteTable(request)
    case .tableBind: try await bindTable(request)
    default: throw Self.unsupported(request.route)
    }
  }

  private func answerModel(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    switch request.route {
    case .modelExport: try await exportModel(request)
    case .modelImport: try await importModel(request)
    case .modelDelete: try await deleteModel(request)
    default: throw Self.unsupported(request.route)
    }
  }

  private func answerServer(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    switch request.route {
    case .siteQuery: try site()
    case .serverQuery: server()
    case .versionQuery: Self.version
    case .logCount: try await countLog(request)
    case .logQuery: try await queryLog(request)
    case .providerRegister: try await registerProvider(request)
    case .providerQuery: try queryProviders(request)
    case .providerDelete: try await deleteProviders(request)
    default: throw Self.unsupported(request.route)
    }
  }

  /// Tables that jobs have made are known wherever they lie.
  private func namesOutput(_ request: FlowRequest) throws(FlowRefusal) -> Bool {
    guard request.route == .tableQuery || request.route == .tableDownload,
      let namespace = try request.fields.string("namespace"),
      let name = try request.fields.string("name")
    else { return false }
    return OutputName(namespace: namespace, name: name) != nil
  }

  /// - Throws: `data-at-party` where the parties alone have data.
  func checkDataMayLieHere(_ what: String, _ code: FlowCode) throws(FlowRefusal) {
    guard !ground.federation.takesData else { return }
    throw FlowRefusal(code, .dataAtParty(what))
  }

  static func unsupported(_ route: FlowRoute) -> FlowRefusal {
    FlowRefusal(
      .restricted,
      Failure(
        "route-unsupported", "'\(route.path)' does nothing in FATE 2 either, and is not answered",
        hint: "'flow model export' and 'flow model import' carry models from server to server"))
  }
}

extension FlowRoute {
  enum Group { case job, output, data, model, server, access }

  var group: Group {
    switch path.split(separator: "/").dropFirst().first {
    case "job": .job
    case "output": .output
    case "data", "table": .data
    case "model": .model
    case "app", "permission": .access
    default: .server
    }
  }
}
