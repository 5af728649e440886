internal import MoiraModel
internal import MoiraPlan

/// A model under the names that FATE files it by.
struct FiledModel: Codable, Sendable {
  let id: String
  let version: String
  let role: String
  let party: String
  let member: PartyID
  let task: String
  let key: String
  let hash: ContentHash

  var documentKey: String { [id, version, role, party, task, key].joined(separator: "/") }

  /// Its name in an archive. Brought back, it may be filed under another id and version.
  var path: String { [role, party, member.text, task, "\(key).json"].joined(separator: "/") }

  func with(_ hash: ContentHash) -> FiledModel {
    FiledModel(
      id: id, version: version, role: role, party: party, member: member, task: task, key: key,
      hash: hash)
  }

  init(
    id: String, version: String, role: String, party: String, member: PartyID, task: String,
    key: String, hash: ContentHash
  ) {
    self.id = id
    self.version = version
    self.role = role
    self.party = party
    self.member = member
    self.task = task
    self.key = key
    self.hash = hash
  }

  /// Nil when the path is not one that `path` makes. A member's name becomes a folder of this
  /// machine, so it must be a party's name.
  init?(path: String, id: String, version: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, parts[4].hasSuffix(".json"), isPartyName(parts[2]),
      parts.allSatisfy({ !$0.isEmpty && $0.count <= FlowLimits.name })
    else { return nil }
    self.init(
      id: id, version: version, role: parts[0], party: parts[1], member: PartyID(parts[2]),
      task: parts[3], key: String(parts[4].dropLast(5)), hash: ContentHash(""))
  }
}

/// Which models a client means.
struct ModelQuery {
  let id: String
  let version: String
  var role: String?
  var party: String?
  var task: String?
  var key: String?

  init(id: String, version: String) {
    self.id = id
    self.version = version
  }

  init(_ fields: FlowFields) throws(FlowRefusal) {
    id = try fields.required("model_id")
    version = try fields.required("model_version")
    role = try fields.string("role")
    party = try fields.string("party_id")
    task = try fields.string("task_name")
    key = try fields.string("output_key")
  }

  func takes(_ model: FiledModel) -> Bool {
    (role == nil || role == model.role) && (party == nil || party == model.party)
      && (task == nil || task == model.task) && (key == nil || key == model.key)
  }

  /// Of letters, digits and a few signs only, whatever the id is.
  var fileName: String {
    let parts = [id, version, role ?? "", party ?? ""]
    return parts.joined(separator: "_").map { character in
      character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
        ? String(character) : "_"
    }.joined()
  }

  var noModel: FlowRefusal {
    FlowRefusal(
      .modelNotFound,
      Failure(
        "model-unfiled",
        "no model is filed under '\(id.prefix(60))' version '\(version.prefix(20))'",
        hint: "a job files its models under its own id, version 0"), field: "model_id")
  }
}

extension StoredZip.Fault {
  var words: String {
    switch self {
    case .notAZip: "it is no zip archive"
    case .truncated: "it ends too early"
    case .compressed(let name): "'\(name.prefix(80))' is compressed, and only stored files are read"
    case .checksum(let name): "'\(name.prefix(80))' is damaged"
    case .name(let name): "'\(name.prefix(80))' is no name for a file in it"
    case .tooMany(let count): "it has \(count) files, and \(StoredZip.entryLimit) are read"
    }
  }
}
