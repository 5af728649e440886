internal import MoiraModel

/// Gives every party a seat for each of its roles.
///
/// The seat of its first role (guest before host before arbiter) is called after the party; that of
/// another role has the role in its name, `10000-arbiter`, since messages, artifacts and overrides
/// name seats.
struct PipelineSeats {
  private var entries: [(party: PartyID, role: Role, site: Site?)] = []

  /// Notes that a party has a role.
  mutating func add(
    _ party: PartyID, _ role: Role, at site: Site?, into diagnostics: inout Diagnostics
  ) {
    if entries.contains(where: { $0.party == party && $0.role == role }) {
      diagnostics.error(
        "party-twice", "'\(party)' is listed as \(role) already", at: site,
        hint: "a party may have several roles, but each of them once")
      return
    }
    if role != .arbiter, entries.contains(where: { $0.party == party && $0.role != .arbiter }) {
      diagnostics.warn(
        "party-twice", "'\(party)' is guest and host, so that its rows may count twice", at: site,
        hint: "the seat of its second role is called '\(party)-host'")
    }
    entries.append((party, role, site))
  }

  /// The seats, by role.
  var members: [Pipeline.Member] {
    var taken: Set<PartyID> = []
    let plain = Set(entries.map(\.party))
    return entries.sorted { $0.role < $1.role }.map { entry in
      guard !taken.insert(entry.party).inserted else {
        return Pipeline.Member(party: entry.party, role: entry.role, site: entry.site)
      }
      var name = PartyID("\(entry.party)-\(entry.role.rawValue)")
      while plain.contains(name) { name = PartyID("\(name)-") }
      taken.insert(name)
      return Pipeline.Member(
        party: name, role: entry.role, site: entry.site, holder: entry.party)
    }
  }
}
