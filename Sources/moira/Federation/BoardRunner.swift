import Foundation
import MoiraBoard
import MoiraModel
import MoiraRuntime
import MoiraWire
import ServiceLifecycle

/// Health and metrics beside a service.
struct BoardRunner: Service {
  let board: ServiceBoard

  /// - Throws: `hub-address` if the text is no address.
  init(
    _ text: String, metrics: ServiceMetrics,
    readiness: @escaping @Sendable () async -> Readiness
  ) throws(Failure) {
    guard let address = HubAddress(text) else {
      throw Failure("hub-address", "'--metrics' must be HOST:PORT, but is '\(text)'")
    }
    board = ServiceBoard(
      host: "\(address.host)", port: address.port, metrics: metrics, readiness: readiness)
  }

  func run() async throws { try await board.run() }
}
