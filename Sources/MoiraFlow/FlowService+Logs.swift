internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraRuntime
internal import MoiraSchedule

/// A line of a job's log, and whose it is.
struct LogLine {
  enum Level: String {
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
  }

  let level: Level
  /// Nil for what concerns the job as a whole.
  let part: (task: String, seat: FlowSeat)?
  let text: String
}

extension FlowService {
  /// What the parts of a job told, and how its tasks ended, in the order of the plan's tasks.
  func log(of job: FlowJob) async throws(FlowRefusal) -> [LogLine] {
    var lines = [line(job.created, "job \(job.id) submitted, priority \(job.priority)")]
    if let started = job.started { lines.append(line(started, "job started, run \(job.run)")) }
    if let words = live[job.id]?.waiting { lines.append(line(job.started ?? job.created, words)) }
    if job.local == nil, job.run > 0 { lines += try await partLines(of: job) }
    for task in try await standings(of: job) {
      guard let ended = task.ended else { continue }
      lines.append(line(ended, "task \(task.name) \(task.status.rawValue)"))
      if !task.error.isEmpty { lines.append(line(ended, task.error, .error)) }
    }
    if let ended = job.ended { lines.append(line(ended, "job \(job.status.rawValue)")) }
    if let error = job.error { lines.append(line(job.ended ?? job.created, error, .error)) }
    return lines
  }

  private func line(
    _ at: Instant, _ text: String, _ level: LogLine.Level = .info
  ) -> LogLine {
    LogLine(level: level, part: nil, text: "[\(level.rawValue)] [\(at.fateText)] \(text)")
  }

  private func partLines(of job: FlowJob) async throws(FlowRefusal) -> [LogLine] {
    let reports: [NumberedReport]
    do throws(Failure) {
      reports = try await ground.jobs.reports(of: job.runID, after: 0)
    } catch {
      throw FlowRefusal(.exception, error)
    }
    let tasks = try await draft(of: job.id).layout.tasks
    return reports.compactMap { one in
      let part = one.report.part
      guard let task = tasks.first(where: { $0.steps.contains(part.task) }),
        let seat = job.seats.first(where: { $0.member == part.party })
      else { return nil }
      let (level, text) = Self.words(one.report)
      return LogLine(
        level: level, part: (task.name, seat),
        text:
          "[\(level.rawValue)] [\(one.report.at.fateText)] [\(part.task) at \(part.party)] \(text)")
    }
  }

  private static func words(_ report: PartReport) -> (level: LogLine.Level, text: String) {
    switch report.report {
    case .progress(let done, let total): return (.info, "\(done) of \(total)")
    case .metrics(let step, let values):
      let shown = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return (.info, "step \(step): " + shown.joined(separator: ", "))
    case .log(.notice, let text): return (.info, text)
    case .log(.warning, let text): return (.warning, text)
    case .protection(let text): return (.info, "protected by \(text)")
    case .tally(let name, let text): return (.info, "\(name): \(text)")
    }
  }

  // MARK: Routes

  func countLog(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    .data(.map([("size", .int(try await wantedLines(request).count))]))
  }

  func queryLog(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let lines = try await wantedLines(request)
    let first = max(1, try request.fields.whole("begin", 0...Int(Int32.max)) ?? 1)
    let last = try request.fields.whole("end", 0...Int(Int32.max)) ?? Int(Int32.max)
    let numbered = lines.enumerated().filter { (first...max(first, last)).contains($0.offset + 1) }
    return .data(
      .list(
        numbered.prefix(FlowLimits.logLines).map {
          .map([("line_num", .int($0.offset + 1)), ("content", .string($0.element.text))])
        }))
  }

  /// `log_type`: `task_error`, `task_warning`, `task_info`, `schedule_info`, `schedule_error`, …;
  /// what begins with `task` is of tasks, and the last word is the least level.
  private func wantedLines(_ request: FlowRequest) async throws(FlowRefusal) -> [LogLine] {
    let fields = request.fields
    let type = try fields.required("log_type").lowercased()
    let job = try job(try fields.required("job_id"))
    let filter = try SeatFilter(fields)
    let task = try fields.string("task_name")
    let levels: Set<LogLine.Level> =
      type.hasSuffix("error")
      ? [.error] : type.hasSuffix("warning") ? [.warning, .error] : [.info, .warning, .error]
    let isOfSchedule = type.contains("schedule")
    return try await log(of: job).filter { line in
      guard levels.contains(line.level) else { return false }
      guard let part = line.part else { return isOfSchedule || line.level == .error }
      return !isOfSchedule && filter.takes(part.seat) && task.map { $0 == part.task } != false
    }
  }

  /// A tar of FATE's folders: the job's own log, and each part's by level.
  func downloadLog(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let job = try job(try request.fields.required("job_id"))
    var files: [String: [String]] = [:]
    for line in try await log(of: job) {
      for name in Self.files(of: line) { files[name, default: []].append(line.text) }
    }
    let contents = files.sorted { $0.key < $1.key }.map {
      (name: $0.key, content: Array(($0.value.joined(separator: "\n") + "\n").utf8))
    }
    return try tar(contents, name: "job_\(job.id)_log")
  }

  private static func files(of line: LogLine) -> [String] {
    guard let part = line.part else {
      let error = line.level == .error ? ["fate_flow_schedule_error.log"] : []
      return ["fate_flow_schedule.log"] + error
    }
    return ["\(part.seat.key)/\(part.task)/root/\(line.level.rawValue)"]
  }
}
