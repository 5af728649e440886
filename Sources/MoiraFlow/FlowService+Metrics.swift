internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraRuntime
internal import MoiraSchedule
internal import MoiraTable

/// One of FATE's metrics: a series of values, or a whole report.
struct FlowMetric {
  let name: String
  /// `scalar` for a series, `report` for a document.
  let type: String
  let stepAxis: String?
  let data: ConfigValue

  /// Name, type and axis, without what was measured.
  var key: ConfigValue {
    .map([
      ("name", .string(name)), ("type", .string(type)), ("groups", .list([])),
      ("step_axis", stepAxis.map { .string($0) } ?? .null),
    ])
  }

  var value: ConfigValue { .map(key.entries + [("data", data)]) }
}

extension FlowService {
  func metricKeys(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (metrics, withheld) = try await measured(request)
    return FlowReply(message: withheld ?? "success", data: .list(metrics.map(\.key)))
  }

  func metrics(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (metrics, withheld) = try await measured(request)
    return FlowReply(message: withheld ?? "success", data: .list(metrics.map(\.value)))
  }

  /// - Returns: what was measured, and in words which reports their party does not let go.
  private func measured(
    _ request: FlowRequest
  ) async throws(FlowRefusal) -> (metrics: [FlowMetric], withheld: String?) {
    let place = try await place(request)
    guard !isDeleted(.metric, at: place), place.job.local == nil, place.job.run > 0 else {
      return ([], nil)
    }
    let wanted = try request.fields.string("name")
    var withheld: [String] = []
    var metrics = Self.series(try await reports(of: place), for: place.seat.member)
    for one in try await found(.metric, at: place)
    where wanted == nil || wanted == one.output.key {
      do throws(FlowRefusal) {
        metrics.append(try await report(one, at: place))
      } catch  where error.isOfPolicy && wanted == nil {
        withheld.append(error.message)
      }
    }
    let words = withheld.isEmpty ? nil : withheld.joined(separator: "\n")
    // FATE's client sends a mapping as its keys; values of it cannot be told apart.
    guard let wanted else { return (metrics, words) }
    return (metrics.filter { $0.name == wanted }, words)
  }

  private func report(
    _ found: FoundOutput, at place: OutputPlace
  ) async throws(FlowRefusal) -> FlowMetric {
    let bytes = try await bytes(of: found, at: place).withBytes { Array($0) }
    let report = (try? JSONText.read(bytes).value) ?? .null
    return FlowMetric(name: found.output.key, type: "report", stepAxis: nil, data: report)
  }

  /// What the task told at the seat, also where an earlier job told it of what is reused.
  private func reports(of place: OutputPlace) async throws(FlowRefusal) -> [PartReport] {
    let run = place.job.runID
    do throws(Failure) {
      var reports = try await ground.jobs.reports(of: run, after: 0).map(\.report)
      if let snapshot = JobMachine(replaying: try await ground.jobs.journal(of: run)).snapshot {
        reports += try await ReusedReports(store: ground.jobs).reports(for: snapshot)
      }
      let steps = Set(place.task.steps)
      return reports.filter { steps.contains($0.part.task) }
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  /// A series for each name, of the last attempt. What holds for the rows of all is told by one
  /// party, and known to each: only `own_…` and `alone_…` are of the party that tells them.
  private static func series(_ reports: [PartReport], for member: PartyID) -> [FlowMetric] {
    var points: [String: [ConfigValue]] = [:]
    var attempts: [String: Int] = [:]
    for report in reports {
      guard case .metrics(let step, let values) = report.report else { continue }
      let isOwn = report.part.party == member
      for (name, value) in values
      where isOwn || !name.hasPrefix("own_") && !name.hasPrefix("alone_") {
        if attempts[name, default: 0] < report.part.attempt {
          attempts[name] = report.part.attempt
          points[name] = []
        }
        points[name, default: []].append(
          .map([
            ("metric", .double(value)), ("step", .int(step)), ("timestamp", moment(report.at)),
          ]))
      }
    }
    return points.sorted { $0.key < $1.key }.map {
      FlowMetric(name: $0.key, type: "scalar", stepAxis: "step", data: .list($0.value))
    }
  }
}
