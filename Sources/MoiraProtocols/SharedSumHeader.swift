public import MoiraCrypto
public import MoiraModel

/// What the shares in a message are of.
public struct SharedSumHeader: Hashable, Sendable {
  public let scope: TaskScope
  public let round: Int
  public let tensor: String
  public let form: SharingForm
  /// How many words each vector has.
  public let count: Int
  /// The hash of the whole label, the global model's hash in it.
  public let label: ContentHash
  public let roster: ContentHash

  public init(
    scope: TaskScope, round: Int, tensor: String, form: SharingForm, count: Int,
    label: ContentHash, roster: ContentHash
  ) {
    self.scope = scope
    self.round = round
    self.tensor = tensor
    self.form = form
    self.count = count
    self.label = label
    self.roster = roster
  }

  /// The header that the terms ask for.
  public init(_ terms: SharedSumTerms) {
    self.init(
      scope: terms.label.scope, round: terms.label.round, tensor: terms.label.tensor,
      form: terms.form, count: terms.count, label: terms.label.hash, roster: terms.roster)
  }
}

extension SharedSumHeader {
  /// Checks the header that `sender` sent; the coarse before the fine.
  func check(
    against agreed: SharedSumHeader, from sender: PartyID
  ) throws(ProtocolViolation) {
    if let rule = difference(from: agreed) { throw ProtocolViolation(sender, rule) }
  }

  private func difference(from agreed: SharedSumHeader) -> ProtocolViolation.Rule? {
    if scope != agreed.scope { return .otherScope(sent: scope, agreed: agreed.scope) }
    if round != agreed.round { return .otherRound(sent: round, agreed: agreed.round) }
    if tensor != agreed.tensor { return .otherTensor(sent: tensor, agreed: agreed.tensor) }
    if form != agreed.form { return .sharing(.otherForm(sent: form, agreed: agreed.form)) }
    if count != agreed.count { return .wrongCount(sent: count, agreed: agreed.count) }
    if label != agreed.label { return .otherModel }
    if roster != agreed.roster { return .otherRoster }
    return nil
  }
}

extension SharedSumHeader {
  func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(Int64(round))
    writer.write(tensor)
    switch form {
    case .additive: writer.write(UInt8(1))
    case .shamir(let threshold):
      writer.write(UInt8(2))
      writer.write(Int64(threshold))
    }
    writer.write(Int64(count))
    writer.write(label.text)
    writer.write(roster.text)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    scope = try reader.scope()
    round = Int(try reader.integer(Int64.self))
    tensor = try reader.string()
    switch try reader.byte() {
    case 1: form = .additive
    case 2: form = .shamir(threshold: Int(try reader.integer(Int64.self)))
    case let other: throw .unknownCase(other)
    }
    count = Int(try reader.integer(Int64.self))
    label = ContentHash(try reader.string())
    roster = ContentHash(try reader.string())
  }
}
