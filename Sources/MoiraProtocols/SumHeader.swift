public import MoiraCrypto
public import MoiraModel

/// What hides the words of an upload.
public enum SumMethod: UInt8, Hashable, Sendable, CaseIterable {
  /// Nothing: the aggregator reads every upload. For tests and comparison.
  case none = 0
  /// Double masks that cancel in the sum.
  case secureAggregation = 1

  var word: String {
    switch self {
    case .none: "none"
    case .secureAggregation: "secure_aggregation"
    }
  }
}

/// What a vector of words is, in front of the words.
public struct SumHeader: Hashable, Sendable {
  public let scope: TaskScope
  public let round: Int
  public let tensor: String
  public let method: SumMethod
  /// How many words follow.
  public let count: Int
  /// The hash of the whole label, the global model's hash in it.
  public let label: ContentHash
  public let roster: ContentHash?

  public init(
    scope: TaskScope, round: Int, tensor: String, method: SumMethod, count: Int,
    label: ContentHash, roster: ContentHash?
  ) {
    self.scope = scope
    self.round = round
    self.tensor = tensor
    self.method = method
    self.count = count
    self.label = label
    self.roster = roster
  }

  /// The header of a secure sum in the round of this roster.
  init(secure label: MaskLabel, count: Int, roster: ContentHash) {
    self.init(
      scope: label.scope, round: label.round, tensor: label.tensor, method: .secureAggregation,
      count: count, label: label.hash, roster: roster)
  }

  /// The header of a sum without protection.
  public init(_ terms: PlainSumTerms) {
    self.init(
      scope: terms.label.scope, round: terms.label.round, tensor: terms.label.tensor,
      method: .none, count: terms.count, label: terms.label.hash, roster: nil)
  }
}

extension SumHeader {
  func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(Int64(round))
    writer.write(tensor)
    writer.write(method.rawValue)
    writer.write(Int64(count))
    writer.write(label.text)
    writer.write(roster != nil)
    if let roster { writer.write(roster.text) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    scope = try reader.scope()
    round = Int(try reader.integer(Int64.self))
    tensor = try reader.string()
    let code = try reader.byte()
    guard let method = SumMethod(rawValue: code) else { throw .unknownCase(code) }
    self.method = method
    count = Int(try reader.integer(Int64.self))
    label = ContentHash(try reader.string())
    roster = try reader.bool() ? ContentHash(try reader.string()) : nil
  }
}

extension SumHeader {
  /// Checks what `sender` sent under this header against the header that was agreed.
  ///
  /// The coarse before the fine, so that the first difference found is the one to tell of.
  ///
  /// - Parameter words: How many words came with it; nil if none belong to it.
  func check(
    against agreed: SumHeader, words: Int? = nil, from sender: PartyID
  ) throws(ProtocolViolation) {
    if let rule = difference(from: agreed, words: words) { throw ProtocolViolation(sender, rule) }
  }

  private func difference(
    from agreed: SumHeader, words: Int?
  ) -> ProtocolViolation.Rule? {
    if scope != agreed.scope { return .otherScope(sent: scope, agreed: agreed.scope) }
    if round != agreed.round { return .otherRound(sent: round, agreed: agreed.round) }
    if tensor != agreed.tensor { return .otherTensor(sent: tensor, agreed: agreed.tensor) }
    if method != agreed.method { return .otherMethod(sent: method, agreed: agreed.method) }
    if count != agreed.count { return .wrongCount(sent: count, agreed: agreed.count) }
    if let words, words != count { return .countMismatch(announced: count, sent: words) }
    if label != agreed.label { return .otherModel }
    if roster != agreed.roster { return .otherRoster }
    return nil
  }
}
