public import MoiraModel

/// What jobs have spent of the party's datasets by differential privacy, towards each partner.
///
/// A reserve is made with the consent, and counts from then on. Jobs are kept apart, so that the same
/// consent given twice counts once, and so that each is a small document of its own: see `document`.
public struct EpsilonLedger: Hashable, Codable, Sendable {
  /// Where a `DocumentStore` keeps the documents, by job.
  public static let shelf = "epsilon"

  private var accounts: [JobID: Account] = [:]

  public init() {}

  // MARK: Spent

  /// ε spent or reserved of a dataset towards a partner.
  ///
  /// - Parameter job: a job to leave out: the one that is being decided on.
  public func spent(_ dataset: String, _ partner: PartyID, besides job: JobID? = nil) -> Double {
    accounts.filter { $0.key != job }.sorted { $0.key < $1.key }
      .reduce(0) { $0 + $1.value.spent(dataset, partner) }
  }

  /// What a job has spent or reserved, by dataset and partner.
  public func spent(by job: JobID) -> [(dataset: String, partner: PartyID, epsilon: Double)] {
    guard let account = accounts[job] else { return [] }
    return account.towards.map {
      ($0.dataset, $0.partner, account.spent($0.dataset, $0.partner))
    }
  }

  public var jobs: [JobID] { accounts.keys.sorted() }

  // MARK: Changes

  /// Reserves for a job what its consent says; a job that has reserved already keeps what it has.
  ///
  /// - Returns: whether anything changed, so that the job's document must be stored.
  public mutating func reserve(_ reserves: [EpsilonReserve], for job: JobID) -> Bool {
    guard accounts[job] == nil, !reserves.isEmpty else { return false }
    accounts[job] = Account(reserves: reserves)
    return true
  }

  /// Notes that an attempt of a training begins. Attempts beyond those that were reserved, as after a
  /// crash, are counted too: each draws new noise.
  ///
  /// - Returns: whether anything changed, so that the job's document must be stored first.
  public mutating func begin(_ task: TaskID, attempt: Int, of job: JobID) -> Bool {
    accounts[job]?.begin(task, attempt: attempt) ?? false
  }

  /// Gives back what a job reserved, if none of its trainings ever began.
  ///
  /// - Returns: whether it did, so that the job's document must be removed.
  public mutating func release(_ job: JobID) -> Bool {
    guard let account = accounts[job], !account.hasBegun else { return false }
    accounts[job] = nil
    return true
  }

  // MARK: Documents

  /// What is to be stored under the job's id; nil if nothing is, and what was there is to be removed.
  public func document(of job: JobID) -> [UInt8]? { accounts[job]?.wireBytes }

  /// Takes up what was stored.
  ///
  /// - Throws: `ledger-unreadable`; a party that does not know what it has spent can consent to
  ///   nothing.
  public init(documents: [(key: String, bytes: [UInt8])]) throws(Failure) {
    for document in documents {
      do {
        accounts[JobID(document.key)] = try Account(wireBytes: document.bytes)
      } catch {
        throw Failure(
          "ledger-unreadable",
          "what job '\(document.key)' spent of the privacy budgets cannot be read",
          hint:
            "bring the agent's state back from a backup; until then nothing can be consented to",
          cause: "\(error)")
      }
    }
  }
}
