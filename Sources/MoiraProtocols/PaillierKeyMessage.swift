public import MoiraCrypto
public import MoiraModel

/// What a message of the key set-up is about.
public struct PaillierKeyHeader: Hashable, Sendable {
  public let scope: TaskScope
  public let holder: PartyID
  public let keyLength: Int
  public let roster: ContentHash

  /// The header that the terms ask for.
  public init(_ terms: PaillierKeyTerms) {
    scope = terms.scope
    holder = terms.holder
    keyLength = terms.keyLength
    roster = terms.roster
  }

  /// Checks the header that `sender` sent; the coarse before the fine.
  func check(
    against agreed: PaillierKeyHeader, from sender: PartyID
  ) throws(ProtocolViolation) {
    if let rule = difference(from: agreed) { throw ProtocolViolation(sender, rule) }
  }

  private func difference(from agreed: PaillierKeyHeader) -> ProtocolViolation.Rule? {
    if scope != agreed.scope { return .otherScope(sent: scope, agreed: agreed.scope) }
    if holder != agreed.holder {
      return .paillier(.otherHolder(sent: holder, agreed: agreed.holder))
    }
    if keyLength != agreed.keyLength {
      return .paillier(.otherKeyLength(sent: keyLength, agreed: agreed.keyLength))
    }
    if roster != agreed.roster { return .otherRoster }
    return nil
  }
}

/// What goes between the parties while they set up a Paillier key.
public enum PaillierKeyMessage: Hashable, WireMessage {
  /// The holder's key with its proof, and its primes sealed for each other client by id.
  case key(PaillierKeyHeader, modulus: [UInt8], proof: [UInt8], sealed: [[UInt8]])
  /// The same for one client.
  case announcement(PaillierKeyHeader, modulus: [UInt8], proof: [UInt8], sealed: [UInt8])
  /// A client has checked the key with this id.
  case receipt(PaillierKeyHeader, key: ContentHash)
  /// All have.
  case agreed(PaillierKeyHeader, key: ContentHash)

  var header: PaillierKeyHeader {
    switch self {
    case .key(let header, _, _, _), .announcement(let header, _, _, _), .receipt(let header, _),
      .agreed(let header, _):
      header
    }
  }

  var kind: PaillierRule.Kind {
    switch self {
    case .key: .key
    case .announcement: .announcement
    case .receipt: .receipt
    case .agreed: .agreed
    }
  }
}

extension PaillierKeyMessage {
  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    writer.write(tag)
    header.encode(into: &writer)
    switch self {
    case .key(_, let modulus, let proof, let sealed):
      writer.write(modulus)
      writer.write(proof)
      writer.write(UInt32(sealed.count))
      for one in sealed { writer.write(one) }
    case .announcement(_, let modulus, let proof, let sealed):
      writer.write(modulus)
      writer.write(proof)
      writer.write(sealed)
    case .receipt(_, let key), .agreed(_, let key): writer.write(key.text)
    }
  }

  private var tag: UInt8 {
    switch self {
    case .key: 1
    case .announcement: 2
    case .receipt: 3
    case .agreed: 4
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard (1...4).contains(tag) else { throw .unknownCase(tag) }
    let header = try PaillierKeyHeader(from: &reader)
    switch tag {
    case 1:
      let modulus = try reader.byteArray()
      let proof = try reader.byteArray()
      let sealed = try reader.sealedKeys()
      self = .key(header, modulus: modulus, proof: proof, sealed: sealed)
    case 2:
      let modulus = try reader.byteArray()
      let proof = try reader.byteArray()
      self = .announcement(
        header, modulus: modulus, proof: proof, sealed: try reader.byteArray())
    case 3: self = .receipt(header, key: ContentHash(try reader.string()))
    default: self = .agreed(header, key: ContentHash(try reader.string()))
    }
  }
}

extension PaillierKeyHeader {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.write(scope)
    writer.write(holder.text)
    writer.write(Int64(keyLength))
    writer.write(roster.text)
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    scope = try reader.scope()
    holder = PartyID(try reader.string())
    keyLength = Int(try reader.integer(Int64.self))
    roster = ContentHash(try reader.string())
  }
}

extension ByteReader {
  fileprivate mutating func sealedKeys() throws(WireError) -> [[UInt8]] {
    let count = try length(of: 4)
    guard count <= FixedPoint.partyLimit else { throw .lengthOverLimit(count) }
    var sealed: [[UInt8]] = []
    for _ in 0..<count { sealed.append(try byteArray()) }
    return sealed
  }
}
