import MoiraRelay
import MoiraRuntime

/// What an agent counts, for Prometheus.
struct AgentMeters: Sendable {
  let registry = ServiceMetrics()
  private let connected: MetricGauge
  private let decisions: MetricCounter
  private let parts: MetricCounter
  private let refused: MetricCounter
  private let released: MetricCounter
  private let links: MetricCounter

  init() {
    connected = registry.gauge("moira_agent_connected", "Whether the hub is connected: 1 or 0.")
    decisions = registry.counter(
      "moira_agent_decisions_total", "Jobs that the policy has decided on.", labels: ["decision"])
    parts = registry.counter(
      "moira_agent_parts_total", "Parts that ended.", labels: ["end"])
    refused = registry.counter(
      "moira_agent_refused_total", "Messages that were refused.", labels: ["kind"])
    released = registry.counter(
      "moira_agent_released_total", "Artifacts that were asked for.", labels: ["decision"])
    links = registry.counter(
      "moira_agent_links_total", "Links past the hub: that came about, and that ended.",
      labels: ["event"])
  }

  func count(_ event: AgentEvent) {
    switch event {
    case .connected: connected.set(1)
    case .disconnected: connected.set(0)
    case .decided(_, _, let consent): decisions.add(1, consent.isGranted ? "granted" : "refused")
    case .partEnded(_, .succeeded): parts.add(1, "succeeded")
    case .partEnded(_, .failed): parts.add(1, "failed")
    case .partEnded(_, .lost): parts.add(1, "lost")
    case .released: released.add(1, "released")
    case .releaseRefused: released.add(1, "refused")
    case .refused(let refusal): refused.add(1, refusal.kind)
    case .linked: links.add(1, "past")
    case .unlinked: links.add(1, "ended")
    case .partStarted, .failed: break
    }
  }
}
