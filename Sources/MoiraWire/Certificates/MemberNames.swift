internal import MoiraCrypto
internal import MoiraModel
internal import MoiraPlan
internal import SwiftASN1
internal import X509

/// What the subject alternative names (RFC 5280, section 4.2.1.6) of a member's request and
/// certificate say.
///
/// URIs `moira://party/ID` (or `hub`, `submitter`), `moira://identity/HEX`, `moira://sealing/HEX`, in a
/// request `moira://proof/HEX` too, each once; DNS names and IP addresses where the member is dialled;
/// nothing else.
struct MemberNames: Hashable, Sendable {
  static let hostLimit = 32
  private static let scheme = "moira://"

  var id: PartyID
  var kind: MemberKind
  var identity: IdentityPublicKey
  var sealing: SealingPublicKey
  var hosts: [MemberHost]
  /// In a request: the identity's signature over `statement(for:)`.
  var proof: [UInt8]?

  /// What the identity's owner signs, so that nobody asks for a certificate of another's identity.
  ///
  /// - Parameter tlsKey: the public key of the request, X9.63.
  func statement(for tlsKey: [UInt8]) -> SignedStatement {
    SignedStatement("moira/admission/1") { writer in
      writer.write(tlsKey)
      writer.write(id.text)
      writer.write(kind.rawValue)
      writer.write(sealing.bytes)
    }
  }

  var generalNames: [GeneralName] {
    var names = ["\(kind.rawValue)/\(id)", "identity/\(identity)", "sealing/\(sealing)"]
    if let proof { names.append("proof/\(hexadecimal(proof))") }
    return names.map { .uniformResourceIdentifier(Self.scheme + $0) } + hosts.map(\.generalName)
  }
}

// MARK: Reading

extension MemberNames {
  /// - Throws: what is wrong with them.
  init(_ names: some Sequence<GeneralName>) throws(MemberNameFault) {
    var found: [String: String] = [:]
    var hosts: [MemberHost] = []
    for name in names {
      switch name {
      case .uniformResourceIdentifier(let text):
        let (key, value) = try Self.parts(of: text)
        if found.updateValue(value, forKey: key) != nil { throw .twice(key) }
      default:
        guard let host = MemberHost(name), hosts.count < Self.hostLimit else { throw .unknown }
        hosts.append(host)
      }
    }
    (kind, id) = try Self.member(found)
    identity = try Self.key("identity", found) { try? IdentityPublicKey($0) }
    sealing = try Self.key("sealing", found) { try? SealingPublicKey($0) }
    proof = found["proof"] == nil ? nil : try Self.key("proof", found) { $0.count == 64 ? $0 : nil }
    self.hosts = hosts
  }

  private static func parts(of text: String) throws(MemberNameFault) -> (String, String) {
    guard text.hasPrefix(scheme) else { throw .unknown }
    let parts = text.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .unknown }
    let key = String(parts[0])
    let isKnown =
      ["identity", "sealing", "proof"].contains(key) || MemberKind(rawValue: key) != nil
    guard isKnown else { throw .unknown }
    return (key, String(parts[1]))
  }

  private static func member(
    _ found: [String: String]
  ) throws(MemberNameFault) -> (MemberKind, PartyID) {
    let kinds = MemberKind.allCases.filter { found[$0.rawValue] != nil }
    guard kinds.count == 1, let name = found[kinds[0].rawValue] else {
      throw .memberCount(kinds.count)
    }
    guard isPartyName(name) else { throw .malformed(kinds[0].rawValue) }
    return (kinds[0], PartyID(name))
  }

  private static func key<Key>(
    _ name: String, _ found: [String: String], _ make: ([UInt8]) -> Key?
  ) throws(MemberNameFault) -> Key {
    guard let text = found[name] else { throw .missing(name) }
    guard let bytes = hexadecimalBytes(text), let key = make(bytes) else { throw .malformed(name) }
    return key
  }
}

/// What is wrong with the names of a request or certificate.
enum MemberNameFault: Error, Hashable, Sendable {
  /// How many of party, hub and submitter it names, where it must be one.
  case memberCount(Int)
  case missing(String)
  case twice(String)
  case malformed(String)
  /// A name that has no meaning here.
  case unknown
}

extension MemberHost {
  fileprivate init?(_ name: GeneralName) {
    switch name {
    case .dnsName(let text):
      guard let host = MemberHost(text), case .name = host else { return nil }
      self = host
    case .ipAddress(let octets):
      guard let host = MemberHost(addressBytes: Array(octets.bytes)) else { return nil }
      self = host
    default: return nil
    }
  }

  fileprivate var generalName: GeneralName {
    switch self {
    case .name(let name): .dnsName(name)
    case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }
  }
}
