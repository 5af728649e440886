internal import MoiraModel
internal import MoiraRelay
internal import MoiraSchedule

/// An agent's memory as documents of its party's store.
enum AgentDocuments {
  private static let consents = "agent-consents"
  private static let proposals = "agent-proposals"
  private static let parts = "agent-parts"
  private static let tellings = "agent-tellings"
  private static let letters = "agent-letters"
  private static let last = "agent-last"
  private static let over = "agent-over"
  static let made = "agent-made"
  private static let uses = "agent-uses"

  // MARK: What outlives a job

  /// Whether a job of this id has been here and is over: its letters must open in no other one.
  static func isOver(_ job: JobID, in store: any DocumentStore) async throws(Failure) -> Bool {
    try await store.document(on: over, job.text) != nil
  }

  /// - Returns: with when they ended; those of builds that did not note it come first.
  static func jobsOver(
    in store: any DocumentStore
  ) async throws(Failure) -> [(job: JobID, at: Instant)] {
    try await store.documents(on: over).map { key, bytes in
      (JobID(key), (try? RecordJSON.value(Instant.self, bytes)) ?? Instant(milliseconds: 0))
    }
  }

  static func openJobs(in store: any DocumentStore) async throws(Failure) -> Set<JobID> {
    Set(try await store.documents(on: consents).map { JobID($0.key) })
  }

  /// Whose keys end with an artifact's hash, and whose documents are the job that uses it.
  static let usingShelves = [made, uses]

  /// A job goes on with what an earlier one made.
  static func noteUse(
    of hashes: [ContentHash], at seat: PartyID, by job: JobID, in store: any DocumentStore
  ) async throws(Failure) {
    try await store.change(hashes.map { use(of: $0, at: seat, by: job) })
  }

  private static func use(of hash: ContentHash, at seat: PartyID, by job: JobID) -> DocumentChange {
    DocumentChange(shelf: uses, key: "\(job)/\(seat)/\(hash)", bytes: RecordJSON.bytes(job))
  }

  private struct Keyed<Content: Codable>: Codable {
    let key: OrderKey
    let content: Content
  }

  fileprivate struct KeptLetter: Codable {
    let number: UInt64
    let endsMessage: Bool
    let sealed: RecordBytes
  }

  private struct KeptTelling: Codable {
    let key: OrderKey
    let report: RecordBytes?
    let end: PartEnd?

    init(_ telling: Telling) {
      key = telling.key
      switch telling {
      case .report(_, let bytes): (report, end) = (RecordBytes(bytes), nil)
      case .ended(_, let end): (report, self.end) = (nil, end)
      }
    }

    /// Nil if it is of neither kind.
    var telling: Telling? { report.map { .report(key, $0.bytes) } ?? end.map { .ended(key, $0) } }
  }

  private struct KeptLane: Codable {
    let address: LaneAddress
    let letters: [KeptLetter]
  }

  // MARK: Reading

  static func memory(in store: any DocumentStore) async throws(Failure) -> AgentMemory {
    var memory = AgentMemory()
    // First, since it may be the number of a telling that is not noted yet.
    if let bytes = try await store.document(on: last, "told") {
      memory.apply(.telling(try read(UInt64.self, bytes), nil))
    }
    for (key, bytes) in try await store.documents(on: consents) {
      memory.apply(.consent(JobID(key), try read(Consent.self, bytes)))
    }
    for (_, bytes) in try await store.documents(on: parts) {
      let part = try read(Keyed<AgentMemory.PartRecord>.self, bytes)
      memory.apply(.part(part.key, part.content))
    }
    for (key, bytes) in try await store.documents(on: tellings) {
      guard let number = UInt64(key) else { continue }
      memory.apply(.telling(number, try read(KeptTelling.self, bytes).telling))
    }
    for (_, bytes) in try await store.documents(on: letters) {
      let lane = try read(KeptLane.self, bytes)
      memory.apply(.letters(lane.address, lane.letters.map { $0.letter(lane.address) }))
    }
    return memory
  }

  static func proposal(
    of job: JobID, in store: any DocumentStore
  ) async throws(Failure) -> [UInt8]? {
    try await store.document(on: proposals, job.text)
  }

  /// Whether a part of this party's made the artifact, as what it is said to be: who asks for a table
  /// by the name of a model is not believed.
  static func hasMade(
    _ reference: ArtifactReference, at seat: PartyID, in store: any DocumentStore
  ) async throws(Failure) -> Bool {
    try await store.document(on: made, key(of: reference, at: seat)) != nil
  }

  private static func key(of reference: ArtifactReference, at seat: PartyID) -> String {
    "\(seat)/\(reference.kind)/\(reference.hash)"
  }

  /// What a part made stays known when its job is forgotten.
  private static func products(_ key: OrderKey, _ end: PartEnd?) -> [DocumentChange] {
    guard case .succeeded(let outputs, _) = end else { return [] }
    return outputs.flatMap { output in
      [
        DocumentChange(
          shelf: made, key: self.key(of: output, at: key.part.party),
          bytes: RecordJSON.bytes(key.job)),
        use(of: output.hash, at: key.part.party, by: key.job),
      ]
    }
  }

  static func read<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8]
  ) throws(Failure) -> Value {
    do {
      return try RecordJSON.value(type, bytes)
    } catch {
      throw Failure(
        "journal-unreadable", "what the agent kept cannot be read", cause: "\(error)")
    }
  }

  // MARK: Writing

  static func changes(
    _ changes: [AgentMemory.Change], proposals known: [JobID: AgentJob], at now: Instant
  ) -> [DocumentChange] {
    var documents: [DocumentChange] = []
    var highest: UInt64?
    for change in changes {
      switch change {
      case .consent(let job, let consent):
        documents.append(document(consents, job.text, consent))
        let bytes = consent == nil ? nil : known[job]?.bytes
        documents.append(DocumentChange(shelf: proposals, key: job.text, bytes: bytes))
        // In one transaction: a job is open or over, whatever crashes.
        if consent == nil { documents.append(document(over, job.text, now)) }
      case .part(let key, let record):
        documents.append(
          document(parts, key.text, record.map { Keyed(key: key, content: $0) }))
        documents += products(key, record?.end)
      case .telling(let number, let telling):
        documents.append(document(tellings, padded(number), telling.map(KeptTelling.init)))
        if telling != nil { highest = max(highest ?? 0, number) }
      case .letters(let address, let left):
        let lane = KeptLane(address: address, letters: left.map(KeptLetter.init))
        documents.append(document(letters, address.text, left.isEmpty ? nil : lane))
      }
    }
    if let highest { documents.append(document(last, "told", highest)) }
    return documents
  }

  private static func document(
    _ shelf: String, _ key: String, _ value: (some Encodable)?
  ) -> DocumentChange {
    DocumentChange(shelf: shelf, key: key, bytes: value.map { RecordJSON.bytes($0) })
  }

  /// Keys are read in their order as texts.
  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}

extension AgentDocuments.KeptLetter {
  fileprivate init(_ letter: Letter) {
    self.init(
      number: letter.number, endsMessage: letter.endsMessage, sealed: RecordBytes(letter.sealed))
  }

  fileprivate func letter(_ address: LaneAddress) -> Letter {
    Letter(address: address, number: number, endsMessage: endsMessage, sealed: sealed.bytes)
  }
}

extension OrderKey {
  fileprivate var text: String { "\(job)/\(part.task)/\(part.attempt)/\(part.party)" }
}

extension LaneAddress {
  fileprivate var text: String { "\(job)/\(task)/\(attempt)/\(from)/\(to)" }
}
