internal import MoiraKit
internal import MoiraModel
internal import MoiraTable

/// What the clients of a task must have in common before they compute together.
struct CommonTerms: Hashable, Sendable {
  /// Label and features; the id and the weight are each party's own and are left out.
  var schema: TableSchema
  /// A public word that must be equal at all clients: the hash of a scaler, say.
  var note = ""

  init(_ schema: TableSchema, note: String = "") {
    self.schema = schema
    self.schema.id = nil
    self.schema.weight = nil
    self.note = note
  }
}

/// Agrees on the columns that all clients train with.
///
/// 1. Each client sends the names, order and types of its label and features, and the levels of
///    those that are texts (`proposal`), to the arbiter; without one, to the first client.
/// 2. That member compares all with the first client's, joins the levels, and sends either the
///    joined schema (`agreed`) or the first difference (`refused`) to all.
///
/// Everybody learns the names, and the levels of categorical columns without who has which. The
/// comparing member learns each client's. A silent client stops the task.
///
/// - Parameter own: at a client its table's schema, nil at the arbiter.
/// - Throws: `schema-mismatch` at all members, `protocol-violation`.
func agreeSchema(_ own: TableSchema?, in task: some TaskContext) async throws -> TableSchema {
  try await agreeTerms(own.map { CommonTerms($0) }, in: task).schema
}

/// Agrees on columns as `agreeSchema`, and on a word beside them.
///
/// - Throws: `schema-mismatch`, `terms-mismatch` at all members, `protocol-violation`.
func agreeTerms(_ own: CommonTerms?, in task: some TaskContext) async throws -> CommonTerms {
  guard let leader = task.arbiter ?? task.clients.first else {
    throw Failure("role-missing", "a schema is agreed between clients, but the task has none")
  }
  if leader == task.party { return try await leadAgreement(own, in: task) }
  guard let own else {
    throw Failure("role-missing", "'\(task.party)' has no table to agree on a schema for")
  }
  try await task.send(SchemaMessage.proposal(own), to: leader)
  switch try await task.receive(SchemaMessage.self, from: leader) {
  case .agreed(let terms):
    guard own.isCovered(by: terms) else {
      throw Failure(
        "protocol-violation", "\(leader) sent a schema that leaves out what \(task.party) has")
    }
    return terms
  case .refused(let refusal): throw refusal.failure
  case .proposal: throw Failure("protocol-violation", "\(leader) sent a proposal, not a decision")
  }
}

private func leadAgreement(
  _ own: CommonTerms?, in task: some TaskContext
) async throws -> CommonTerms {
  var proposals: [Proposal] = []
  for client in task.clients {
    if client == task.party, let own {
      proposals.append(Proposal(party: client, terms: own))
      continue
    }
    let message = try await task.receive(SchemaMessage.self, from: client)
    guard case .proposal(let terms) = message, terms.schema.duplicateColumn == nil else {
      throw Failure("protocol-violation", "\(client) sent something other than a proper schema")
    }
    proposals.append(Proposal(party: client, terms: terms))
  }
  let decision = joined(proposals)
  let message =
    switch decision {
    case .success(let terms): SchemaMessage.agreed(terms)
    case .failure(let failure): SchemaMessage.refused(SchemaRefusal(failure))
    }
  for client in task.clients where client != task.party {
    try await task.send(message, to: client)
  }
  return try decision.get()
}

/// What one client wants.
struct Proposal: Sendable {
  let party: PartyID
  let terms: CommonTerms
}

/// The first client's terms with everybody's levels, or the first difference from them.
func joined(_ proposals: [Proposal]) -> Result<CommonTerms, Failure> {
  guard let first = proposals.first else {
    return .failure(
      Failure("role-missing", "a schema is agreed between clients, but the task has none"))
  }
  var terms = first.terms
  terms.schema = terms.schema.unified(with: terms.schema)
  for other in proposals.dropFirst() {
    let found = first.terms.schema.mismatches(with: other.terms.schema)
    if let mismatch = found.first {
      return .failure(mismatch.failure(first.party, other.party, more: found.count - 1))
    }
    if first.terms.note != other.terms.note {
      return .failure(
        Failure(
          "terms-mismatch",
          "\(first.party) and \(other.party) bring different artifacts or parameters to one task",
          hint: "wire the same producer and write the same parameters for all parties"))
    }
    terms.schema = terms.schema.unified(with: other.terms.schema)
  }
  return .success(terms)
}

extension CommonTerms {
  /// Whether the other terms have the same columns, and all our levels.
  fileprivate func isCovered(by other: CommonTerms) -> Bool {
    guard other.schema.duplicateColumn == nil, note == other.note else { return false }
    guard schema.mismatches(with: other.schema).isEmpty else { return false }
    return schema.unified(with: other.schema) == other.schema
  }
}
