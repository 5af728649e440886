internal import MoiraModel

/// Which rows of a list are wanted: `limit` of them, page `page` from 1, the newest first unless
/// `order` is `asc`.
struct Page {
  let limit: Int
  let number: Int
  let isAscending: Bool

  init(_ fields: FlowFields) throws(FlowRefusal) {
    let wanted = try fields.whole("limit", 0...Int.max) ?? 0
    limit = wanted == 0 ? FlowLimits.page : min(wanted, FlowLimits.page)
    number = max(1, try fields.whole("page", 0...Int.max) ?? 1)
    let order = try fields.string("order") ?? "desc"
    guard ["asc", "desc"].contains(order) else {
      throw fields.refusal("order", "must be asc or desc, but is '\(order)'")
    }
    isAscending = order == "asc"
    if let key = try fields.string("order_by"), key != "create_time" {
      throw fields.refusal("order_by", "must be create_time, but is '\(key)'")
    }
  }

  /// - Parameter rows: the oldest first.
  func cut<Row>(_ rows: [Row]) -> [Row] {
    let (skipped, isTooMany) = (number - 1).multipliedReportingOverflow(by: limit)
    if isTooMany || skipped >= rows.count { return [] }
    let ordered = isAscending ? rows : rows.reversed()
    return Array(ordered.dropFirst(skipped).prefix(limit))
  }
}

/// `role`, `party_id` and `status`, each one value or several.
struct SeatFilter {
  private let roles: Set<String>?
  private let parties: Set<String>?
  private let statuses: Set<String>?

  init(_ fields: FlowFields) throws(FlowRefusal) {
    roles = try fields.strings("role", separator: nil).map(Set.init)
    parties = try fields.strings("party_id", separator: nil).map(Set.init)
    statuses = try fields.strings("status", separator: nil).map(Set.init)
  }

  /// Whether it is for one party in one role.
  var namesSeat: Bool { roles?.count == 1 && parties?.count == 1 }

  func takes(_ seat: FlowSeat) -> Bool {
    roles?.contains(seat.role) != false && parties?.contains(seat.party) != false
  }

  func takes(_ status: FlowStatus) -> Bool { statuses?.contains(status.rawValue) != false }
}
