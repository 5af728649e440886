public import MoiraCrypto
public import MoiraModel

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

  /// The header that the terms ask for.
  public init(_ terms: MaskedSumTerms) {
    self.init(
      scope: terms.label.scope, round: terms.label.round, tensor: terms.label.tensor,
      method: terms.method, count: terms.count, label: terms.label.hash, roster: terms.roster)
  }
}

/// What goes between the parties of a masked sum.
public enum MaskedSumMessage: Hashable, WireMessage {
  /// A client's words, masked or not, to the aggregator.
  case upload(SumHeader, words: [UInt64])
  /// The sum of all uploads, to each client.
  case total(SumHeader, words: [UInt64])
}

extension MaskedSumMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .upload(let header, let words):
      writer.write(UInt8(1))
      header.encode(into: &writer)
      writer.write(words)
    case .total(let header, let words):
      writer.write(UInt8(2))
      header.encode(into: &writer)
      writer.write(words)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard tag == 1 || tag == 2 else { throw .unknownCase(tag) }
    let header = try SumHeader(from: &reader)
    let words = try reader.words()
    self = tag == 1 ? .upload(header, words: words) : .total(header, words: words)
  }
}

extension SumHeader {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(Int64(round))
    writer.write(tensor)
    writer.write(method.rawValue)
    writer.write(Int64(count))
    writer.write(label.text)
    writer.write(roster != nil)
    if let roster { writer.write(roster.text) }
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
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
  func check(
    against agreed: SumHeader, words: Int, from sender: PartyID
  ) throws(ProtocolViolation) {
    if let rule = difference(from: agreed, words: words) { throw ProtocolViolation(sender, rule) }
  }

  private func difference(
    from agreed: SumHeader, words: Int
  ) -> ProtocolViolation.Rule? {
    if scope != agreed.scope { return .otherScope(sent: scope, agreed: agreed.scope) }
    if round != agreed.round { return .otherRound(sent: round, agreed: agreed.round) }
    if tensor != agreed.tensor { return .otherTensor(sent: tensor, agreed: agreed.tensor) }
    if method != agreed.method { return .otherMethod(sent: method, agreed: agreed.method) }
    if count != agreed.count { return .wrongCount(sent: count, agreed: agreed.count) }
    if words != count { return .countMismatch(announced: count, sent: words) }
    if label != agreed.label { return .otherModel }
    if roster != agreed.roster { return .otherRoster }
    return nil
  }
}
