/// The two names under which a task's output is found like a table: they say where it lies.
struct OutputName: Equatable {
  private static let head = "output_data_"

  let job: String
  let role: String
  let party: String
  let task: String
  let key: String

  init(place: OutputPlace, key: String) {
    job = place.job.id
    role = place.seat.role
    party = place.seat.party
    task = place.task.name
    self.key = key
  }

  /// Nil when the names are those of another table.
  init?(namespace: String, name: String) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard namespace.hasPrefix(Self.head), parts.count == 4 else { return nil }
    job = String(namespace.dropFirst(Self.head.count))
    (role, party, task, key) = (parts[0], parts[1], parts[2], parts[3])
  }

  var namespace: String { Self.head + job }
  var name: String { [role, party, task, key].joined(separator: "/") }
}
