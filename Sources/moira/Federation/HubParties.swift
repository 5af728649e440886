import MoiraConfig
import MoiraModel
import MoiraRuntime
import MoiraWire

/// The parties that a hub knows.
struct HubParties {
  private let parties: [HubService.PartyStanding]
  private let address: HubAddress

  init(_ parties: [HubService.PartyStanding], at address: HubAddress) {
    self.parties = parties
    self.address = address
  }

  func show(asJSON isJSON: Bool) {
    if isJSON {
      Console.print(ConfigValue.list(parties.map(json)).json(indent: 2))
    } else if parties.isEmpty {
      Console.print(
        "no party has been connected to \(address) yet; 'moira party serve' connects one")
    } else {
      var table = TextTable(["party", "state", "since", "build", "components", "certificate until"])
      for party in parties {
        table.add([
          party.party.text, party.isConnected ? "connected" : "away",
          party.since.map(momentText) ?? "", party.build ?? "",
          party.components.isEmpty ? "" : "\(party.components.count)",
          momentText(party.validUntil),
        ])
      }
      for line in table.lines(.output) { Console.print(line) }
    }
  }

  private func json(_ party: HubService.PartyStanding) -> ConfigValue {
    .map([
      ("party", .string(party.party.text)), ("connected", .bool(party.isConnected)),
      ("since", party.since.map { .int(Int($0.milliseconds)) } ?? .null),
      ("build", party.build.map { .string($0) } ?? .null),
      (
        "components",
        .map(party.components.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })
      ),
      ("certificate_until", .int(Int(party.validUntil.milliseconds))),
    ])
  }
}
