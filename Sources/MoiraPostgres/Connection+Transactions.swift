/// Transactions whose end can be asked for after the connection broke.
extension Connection {
  /// How a transaction ended, by what the server's log says.
  enum Outcome { case committed, aborted }

  /// Begins a transaction that proves the lease's token, if there is one.
  ///
  /// The lease's row stays locked against those who would take it, not against its renewal, until the
  /// transaction ends: what begins under a lease is over before the lease is another's.
  ///
  /// - Returns: the transaction's number; see `outcome`.
  /// - Throws: `LeaseTaken`; `refused` with 25006 by a server that only follows another.
  func begin(proving token: Int64?) throws -> String {
    try run("BEGIN ISOLATION LEVEL READ COMMITTED")
    let number = "CASE WHEN NOT pg_is_in_recovery() THEN pg_current_xact_id()::text END"
    let proof =
      if let token {
        try run(
          "SELECT \(number) FROM lease WHERE token = $1 FOR KEY SHARE", [.integer(token)])
      } else {
        try run("SELECT \(number)")
      }
    guard !proof.isEmpty else { throw LeaseTaken(holder: try leaseHolder()) }
    guard let transaction = proof.text(0, 0) else {
      throw DatabaseFault.refused(state: "25006", detail: "the server is in recovery")
    }
    return transaction
  }

  func commit() throws {
    let command = try run("COMMIT").command
    guard command == "COMMIT" else {
      throw DatabaseFault.refused(state: "25P02", detail: "COMMIT gave \(command)")
    }
  }

  /// - Throws: when the connection is of no use any more.
  func rollBack() throws(DatabaseFault) { try run("ROLLBACK") }

  /// How a transaction ended whose commit was not answered.
  ///
  /// - Throws: `DatabaseFault.undecided` while it goes on; `refused` when the server knows nothing of it.
  func outcome(of transaction: String) throws -> Outcome {
    let status = try run("SELECT pg_xact_status($1::text::xid8)", [.text(transaction)]).text(0, 0)
    switch status {
    case "committed": return .committed
    case "aborted": return .aborted
    case "in progress": throw DatabaseFault.undecided
    default: throw DatabaseFault.refused(state: "22023", detail: "the transaction is forgotten")
    }
  }
}
