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

/// A `hub.yaml`.
struct HubSettings: ParameterGroupValue {
  @Param("The hub's id.", .notEmpty) var id: String
  @Param("Where parties dial it.") var addresses: [String] = []
  @Param("The address and port to listen at.", .notEmpty) var listen: String = "0.0.0.0:7433"
  @Param("Where health, readiness and metrics are served in plain HTTP.")
  var metrics: String?
  @Param("The folder of journals: relative to the hub's, or absolute.", .notEmpty)
  var state: String = "state"
  @Param("What submitters may have.") var limits: HubLimits = HubLimits()

  init() {}

  private static let group = ParameterGroup(parameterSchemas)
  private static let environment = [
    ("MOIRA_HUB_LISTEN", "listen"), ("MOIRA_HUB_METRICS", "metrics"),
    ("MOIRA_HUB_STATE", "state"),
  ]

  /// Reads the file; what the environment says goes over it.
  static func read(_ file: String) throws(WrongText) -> HubSettings {
    var diagnostics = Diagnostics()
    let text: String
    do throws(Diagnostics) {
      text = try TextFile.read(file, hint: "'moira hub init FOLDER' writes one")
      let node = try readYAML(text, file: file)
      let read = group.read(
        node, owner: "a hub's settings", fallback: node.site, into: &diagnostics)
      guard !diagnostics.hasErrors, var settings = HubSettings(parameter: read.value) else {
        throw diagnostics
      }
      settings.takeEnvironment()
      return settings
    } catch {
      let source = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      throw WrongText(diagnostics: error, sources: [file: source])
    }
  }

  private mutating func takeEnvironment() {
    let variables = ProcessInfo.processInfo.environment
    if let value = variables["MOIRA_HUB_LISTEN"], !value.isEmpty { listen = value }
    if let value = variables["MOIRA_HUB_METRICS"], !value.isEmpty { metrics = value }
    if let value = variables["MOIRA_HUB_STATE"], !value.isEmpty { state = value }
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
