import Foundation
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraWire

/// Where an agent dials and listens, by its party's file; both may change while it runs.
struct AgentPlaces: Sendable {
  let folder: String
  /// What `--hub` says, which goes over the file.
  let hub: String?

  /// - Throws: `hub-missing`, `hub-address`.
  func hub(of profile: PartyProfile) throws(Failure) -> HubAddress {
    guard let text = hub ?? profile.hub.map({ "\($0)" }) else {
      throw Failure(
        "hub-missing", "'\(folder)/party.yaml' names no hub",
        hint: "hub: {address: hub.example.org:7433}")
    }
    guard let address = HubAddress(text) else {
      throw Failure("hub-address", "a hub's address must be HOST:PORT, but is '\(text)'")
    }
    return address
  }

  /// Where the agent waits for other parties; nil for nowhere.
  ///
  /// - Throws: `hub-address`.
  func listening(of profile: PartyProfile) throws(Failure) -> HubAddress? {
    guard let direct = profile.direct else { return nil }
    guard let address = HubAddress("\(direct.listen)") else {
      throw Failure(
        "hub-address", "'direct.listen' must be HOST:PORT, but is '\(direct.listen)'")
    }
    return address
  }
}

/// Listens for other parties, at one address at a time.
actor DirectDoor {
  private let agent: AgentService
  private let trust: MemberTrust
  private var address: HubAddress?
  private var serving: Task<Void, Never>?

  init(_ agent: AgentService, trust: MemberTrust) {
    self.agent = agent
    self.trust = trust
  }

  /// Listens there, and at the last address no longer; nil for nowhere.
  ///
  /// - Throws: `address-taken`; then it listens where it did.
  func listen(at new: HubAddress?) async throws {
    guard new != address else { return }
    let last = serving
    serving = nil
    if let new {
      do {
        serving = try await serve(new)
      } catch {
        serving = last
        throw error
      }
    }
    address = new
    last?.cancel()
  }

  func close() {
    serving?.cancel()
    (serving, address) = (nil, nil)
  }

  /// Returns once it listens.
  private func serve(_ address: HubAddress) async throws -> Task<Void, Never> {
    let (ports, found) = AsyncThrowingStream.makeStream(of: Int.self)
    let server = DirectServer(agent, trust: trust, listening: address)
    let serving = Task {
      do {
        try await server.run { found.yield($0) }
        found.finish()
      } catch {
        found.finish(throwing: error)
      }
    }
    for try await port in ports {
      Console.print("moira party '\(agent.party)' listens for other parties at port \(port)")
      fflush(nil)
      return serving
    }
    throw Failure("address-taken", "'\(address)' cannot be listened at")
  }
}
