import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraWire
import MoiraYAML

/// The limits of a `hub.yaml`.
struct HubLimits: ParameterGroupValue {
  @Param("Jobs of one submitter that have not begun; one more is refused.", .atLeast(1))
  var jobsPerSubmitter: Int = 100
  @Param("Jobs of one submitter that run at the same time.", .atLeast(1))
  var runningPerSubmitter: Int = 4
  @Param("Jobs that run at the same time.", .atLeast(1))
  var running: Int = 64
  @Param("Seconds of waiting that are worth one step of priority.", .moreThan(0))
  var ageing: Double = 600

  init() {}
}

/// A `hub.yaml` as it is written.
struct HubSettingsForm: ParameterGroupValue {
  @Param("The hub's id.", .notEmpty) var id: String
  @Param("Where parties dial it.") var addresses: [String] = []
  @Param("The address and port to listen at.", .notEmpty) var listen: String = "0.0.0.0:7433"
  @Param("Where health, readiness and metrics are served in plain HTTP.")
  var metrics: String?
  @Param("The folder of journals: relative to the hub's, or absolute.", .notEmpty)
  var state: String = "state"
  @Param("What submitters may have.") var limits: HubLimits = HubLimits()

  init() {}

  static let group = ParameterGroup(parameterSchemas)
}

/// What a hub is told: its file, and over it the environment.
struct HubSettings {
  let id: String
  let listen: String
  let metrics: String?
  let state: String
  let limits: HubLimits

  static func read(_ file: String) throws(WrongText) -> HubSettings {
    var diagnostics = Diagnostics()
    do throws(Diagnostics) {
      let text = try TextFile.read(file, hint: "'moira hub init FOLDER' writes one")
      let node = try readYAML(text, file: file)
      let read = HubSettingsForm.group.read(
        node, owner: "a hub's settings", fallback: node.site, into: &diagnostics)
      guard !diagnostics.hasErrors, let form = HubSettingsForm(parameter: read.value) else {
        throw diagnostics
      }
      return HubSettings(form, ProcessInfo.processInfo.environment)
    } catch {
      let source = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      throw WrongText(diagnostics: error, sources: [file: source])
    }
  }

  private init(_ form: HubSettingsForm, _ environment: [String: String]) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    id = form.id
    listen = value("MOIRA_HUB_LISTEN") ?? form.listen
    metrics = value("MOIRA_HUB_METRICS") ?? form.metrics
    state = value("MOIRA_HUB_STATE") ?? form.state
    limits = form.limits
  }

  var queue: QueueLimits {
    var queue = QueueLimits.standard
    queue.queuedPerSubmitter = limits.jobsPerSubmitter
    queue.runningPerSubmitter = limits.runningPerSubmitter
    queue.running = limits.running
    queue.ageing = .seconds(limits.ageing)
    return queue
  }
}
