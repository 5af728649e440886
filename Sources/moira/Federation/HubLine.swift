import MoiraModel
import MoiraWire

/// The line of a `party.yaml` that says which hub the party's agent dials.
struct HubLine {
  let line: String

  init(_ address: HubAddress) { line = "hub: {address: \"\(address)\"}" }

  /// The text with the line behind that of the `id`; as it is, if it says so already.
  ///
  /// - Throws: `party-uneditable` if the text names another hub, or has no line of the `id`.
  func added(to text: String, file: String) throws(Failure) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let hubs = lines.filter { $0.hasPrefix("hub:") }
    if hubs == [line] { return text }
    guard hubs.isEmpty, let place = lines.firstIndex(where: { $0.hasPrefix("id:") }) else {
      throw Failure(
        "party-uneditable", "'\(file)' is written in a way that Moira does not edit",
        hint: "write by hand: \(line)")
    }
    lines.insert(contentsOf: ["", "# The hub that the agent dials.", line], at: place + 1)
    return lines.joined(separator: "\n")
  }
}

/// The text of a `submitter.yaml`.
enum SubmitterText {
  static func text(id: PartyID, hub: HubAddress) -> String {
    """
    # A person who submits jobs to a hub. The keys lie in 'keys/'.
    id: "\(id)"
    hub: {address: "\(hub)"}

    """
  }
}
