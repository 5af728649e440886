public import MoiraCrypto
public import MoiraModel

/// What all agree on before the clients' vectors are laid before the aggregator, one beside another.
///
/// For rules that must see each vector to tell an honest one from a false one; of two steps:
///
/// 1. Each client sends its words, in clear, under a header that says what they are.
/// 2. The aggregator checks every header against these terms, and when all are in makes one vector
///    of them and sends it to each client.
///
/// The aggregator learns every vector and whose it is; nothing hides them but the lane they go
/// through. The clients learn what was made of them. A client can send whatever it likes: that is
/// what the rule is for. A silent client stops the round.
public struct GatherTerms: Hashable, Sendable {
  public let label: MaskLabel
  /// How many words each vector has, and how many the answer.
  public let count: Int
  public let answerCount: Int
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID

  /// - Throws: `ProtocolRefusal.noClients`, `listedTwice`, `aggregatorIsClient`.
  public init(
    _ label: MaskLabel, count: Int, answerCount: Int, clients: [PartyID], aggregator: PartyID
  ) throws(ProtocolRefusal) {
    guard !clients.isEmpty else { throw .noClients }
    self.label = label
    self.count = count
    self.answerCount = answerCount
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
  }

  /// Checks what came under a header: the coarse before the fine.
  func difference(_ header: GatherHeader, words: Int, agreed: Int) -> ProtocolViolation.Rule? {
    if header.scope != label.scope { return .otherScope(sent: header.scope, agreed: label.scope) }
    if header.round != label.round { return .otherRound(sent: header.round, agreed: label.round) }
    if header.tensor != label.tensor {
      return .otherTensor(sent: header.tensor, agreed: label.tensor)
    }
    return words == agreed ? nil : .wrongCount(sent: words, agreed: agreed)
  }
}

/// What a vector of words is, in front of the words.
public struct GatherHeader: Hashable, Sendable {
  public let scope: TaskScope
  public let round: Int
  public let tensor: String

  public init(_ label: MaskLabel) {
    scope = label.scope
    round = label.round
    tensor = label.tensor
  }

  fileprivate func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(Int64(round))
    writer.write(tensor)
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    scope = try reader.scope()
    round = Int(try reader.integer(Int64.self))
    tensor = try reader.string()
  }
}

/// What goes between the parties of a gathering.
public enum GatherMessage: Hashable, WireMessage {
  /// A client's words, to the aggregator.
  case upload(GatherHeader, words: [UInt64])
  /// What was made of all, to each client.
  case answer(GatherHeader, words: [UInt64])

  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .upload(let header, let words):
      writer.write(UInt8(1))
      header.encode(into: &writer)
      writer.write(words)
    case .answer(let header, let words):
      writer.write(UInt8(2))
      header.encode(into: &writer)
      writer.write(words)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard tag == 1 || tag == 2 else { throw .unknownCase(tag) }
    let header = try GatherHeader(from: &reader)
    let words = try reader.words()
    self = tag == 1 ? .upload(header, words: words) : .answer(header, words: words)
  }
}
