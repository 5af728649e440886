import MoiraModel
import MoiraWire

/// The text of a new `hub.yaml`.
enum HubSettingsText {
  static let fileName = "hub.yaml"

  static func text(id: PartyID, addresses: [HubAddress]) -> String {
    let port = addresses.first?.port ?? 7433
    let dialled = addresses.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      # A hub schedules jobs and carries what parties send each other, which it cannot read. Its keys lie in
      # 'keys/'. 'listen', 'metrics' and 'state' may be overridden by the environment (MOIRA_HUB_LISTEN, ...),
      # 'listen' and 'metrics' by flags (--listen), in that order.
      id: "\(id)"

      # Where parties dial it, as its certificate says. Another address needs another request.
      addresses: [\(dialled)]

      # The IP address and port to listen at: the one port that must be open to the parties.
      listen: "0.0.0.0:\(port)"

      # Health, readiness and Prometheus metrics, in plain HTTP: for this machine or an inner network.
      metrics: "127.0.0.1:9433"

      # Jobs and their journals: relative to this folder, or absolute. DATABASE_URL names a database instead.
      state: state

      limits:
        # Jobs of one submitter that have not begun; one more is refused.
        jobs_per_submitter: 100
        # Jobs of one submitter that run at the same time; others wait.
        running_per_submitter: 4
        # Seconds of waiting that are worth one step of priority, so that no job waits for ever.
        ageing: 600

      """
  }
}
