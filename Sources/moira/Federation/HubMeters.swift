import MoiraModel
import MoiraRelay
import MoiraRuntime

/// What a hub counts, for Prometheus.
struct HubMeters {
  let registry = ServiceMetrics()
  let metrics: HubMetrics

  init() {
    let connected = registry.gauge("moira_hub_agents", "Agents that are connected.")
    let messages = registry.counter(
      "moira_hub_messages_total", "Messages that came from agents.", labels: ["kind"])
    let relayed = registry.counter(
      "moira_hub_relayed_bytes_total", "Bytes of sealed letters that were relayed.")
    let refused = registry.counter(
      "moira_hub_refused_total", "Messages that were refused.", labels: ["kind", "party"])
    let ended = registry.counter("moira_hub_jobs_total", "Jobs that ended.", labels: ["state"])
    let jobs = registry.gauge("moira_hub_jobs", "Jobs that have not ended.", labels: ["phase"])
    let broken = registry.counter(
      "moira_hub_broken_total", "Jobs that were set aside since the journal could not be written.")
    var metrics = HubMetrics()
    metrics.connected = { connected.set(Double($0)) }
    metrics.received = { messages.add(1, $0.kind) }
    metrics.relayed = { relayed.add($0) }
    metrics.refused = { refused.add(1, $0.kind, $1.text) }
    metrics.ended = { ended.add(1, $0.rawValue) }
    metrics.standing = { running, waiting in
      jobs.set(Double(running), "running")
      jobs.set(Double(waiting), "waiting")
    }
    metrics.brokenOff = { _, _ in broken.add() }
    self.metrics = metrics
  }
}

extension AgentMessage {
  /// A word of a small set.
  var kind: String {
    switch self {
    case .hello: "hello"
    case .decided: "decided"
    case .told: "told"
    case .answered: "answered"
    case .letter: "letter"
    case .receipt: "receipt"
    case .beat: "beat"
    }
  }
}
