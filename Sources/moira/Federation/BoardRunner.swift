import Foundation
import MoiraBoard
import MoiraModel
import MoiraRuntime
import MoiraWire
import ServiceLifecycle

/// Health and metrics beside a service.
struct BoardRunner: Service {
  let board: ServiceBoard
  private let address: HubAddress

  /// - Throws: `hub-address` if the text is no address.
  init(
    _ text: String, metrics: ServiceMetrics,
    readiness: @escaping @Sendable () async -> Readiness
  ) throws(Failure) {
    guard let address = HubAddress(text) else {
      throw Failure("hub-address", "'--metrics' must be HOST:PORT, but is '\(text)'")
    }
    self.address = address
    board = ServiceBoard(
      host: "\(address.host)", port: address.port, metrics: metrics, readiness: readiness)
  }

  /// - Throws: `address-taken`.
  func run() async throws {
    do {
      try await board.run()
    } catch let taken as BoardAddressTaken {
      throw Failure(
        "address-taken", "'\(address)' cannot be listened at for health and metrics",
        hint: "another process may; '--metrics' names another address", cause: taken.cause)
    }
  }
}
