import Logging
import MoiraBoard
import MoiraModel
import MoiraRuntime
import MoiraWire
import ServiceLifecycle
import UnixSignals

/// An agent as a service: on SIGTERM it takes no more orders, lets its parts end, and leaves.
struct AgentRunner: Service {
  let agent: AgentService
  let dialer: WireDialer
  let door: DirectDoor
  /// Where it listens for other parties at first.
  let listening: HubAddress?
  let drain: Duration
  /// What else is done as long as it runs, until it is cancelled.
  let watches: [@Sendable () async throws -> Void]

  func run() async throws {
    try await door.listen(at: listening)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await agent.run(dialling: dialer) }
      for watch in watches { group.addTask { try await watch() } }
      group.addTask {
        try await gracefulShutdown()
        await drained()
      }
      do {
        try await group.next()
      } catch is CancellationError {}
      group.cancelAll()
    }
    await door.close()
  }

  private func drained() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await agent.drain() }
      group.addTask { try? await Task.sleep(for: drain) }
      await group.next()
      group.cancelAll()
      await agent.endDraining()
    }
  }

  func serve(_ options: ServiceOptions, _ metrics: ServiceMetrics) async throws {
    var services: [any Service] = [self]
    if let address = options.metrics {
      services.insert(
        try BoardRunner(address, metrics: metrics) {
          await agent.isConnected ? .ready : .unready(reason: "not connected to the hub")
        }, at: 0)
    }
    try await serving(services)
  }
}

/// Runs services until one ends or the process is told to stop.
func serving(_ services: [any Service]) async throws {
  let logger = Logger(label: "moira.service")
  let group = ServiceGroup(
    configuration: .init(
      services: services.map {
        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
      },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  do {
    try await group.run()
  } catch is CancellationError {}
}
