internal import Foundation
internal import MoiraCrypto
public import MoiraModel

/// The certificates that a consortium has taken back, signed by its authority.
///
/// Lists are numbered; whoever has one takes only a higher number, so that nobody brings a revoked
/// member back with an old list. Certificates that have expired for a day drop out.
///
/// A value exists only once its signature was checked against a root, or was just made.
public struct RevocationList: Hashable, Sendable {
  /// The format of `revoked.json`.
  static let version = 1
  public static let entryLimit = 100_000

  /// One certificate that is refused whatever its dates say.
  public struct Entry: Hashable, Codable, Sendable {
    public let serial: CertificateSerial
    public let member: PartyID
  }

  /// From 1, one more with each change.
  public let number: Int
  public let time: Instant
  public let entries: [Entry]
  /// `ConsortiumRoot.fingerprint` of whose list it is.
  public let root: String
  private let signature: [UInt8]
  private let serials: Set<CertificateSerial>

  public func contains(_ serial: CertificateSerial) -> Bool { serials.contains(serial) }

  private init(_ form: Form, signature: [UInt8], root: ConsortiumRoot) {
    number = form.number
    time = form.time
    entries = form.revoked
    self.root = root.fingerprint
    self.signature = signature
    serials = Set(form.revoked.map(\.serial))
  }

  /// The list that may take this one's place.
  ///
  /// - Throws: `certificate-foreign`, `revocations-old` unless the number is higher.
  public func replaced(by newer: RevocationList) throws(Failure) -> RevocationList {
    guard newer.root == root else { throw .certificateForeign }
    guard newer.number > number else { throw .revocationsOld(newer.number, known: number) }
    return newer
  }
}

// MARK: As a file

extension RevocationList {
  private struct Form: Codable {
    var version: Int
    var number: Int
    var time: Instant
    var revoked: [Entry]
    var signature: String?

    enum CodingKeys: String, CodingKey {
      case version = "moira_revocations"
      case number, time, revoked, signature
    }

    /// What is signed. It begins with a length below 128, a certificate with 0x30: the authority's key
    /// never signs one thing that reads as the other.
    func bytes(under root: ConsortiumRoot) -> [UInt8] {
      var writer = ByteWriter()
      writer.write("moira/revocations/1")
      writer.write(root.fingerprint)
      writer.write(UInt64(number))
      writer.write(time.milliseconds)
      writer.write(UInt32(revoked.count))
      for entry in revoked {
        writer.write(entry.serial.text)
        writer.write(entry.member.text)
      }
      return writer.bytes
    }
  }

  /// Makes and signs a list.
  init(
    number: Int, at time: Instant, _ entries: [Entry], root: ConsortiumRoot, signedBy key: TLSKey
  ) throws(Failure) {
    guard entries.count <= Self.entryLimit else {
      throw .revocationsForm(
        "a revocation list may have \(Self.entryLimit) entries, but has \(entries.count)")
    }
    let form = Form(version: Self.version, number: number, time: time, revoked: entries)
    do {
      self.init(form, signature: try key.sign(form.bytes(under: root)), root: root)
    } catch {
      throw .revocationsForm("a revocation list cannot be signed")
    }
  }

  /// Reads a list and checks its signature.
  ///
  /// - Throws: `revocations-form`.
  public init(json text: String, root: ConsortiumRoot) throws(Failure) {
    guard text.utf8.count <= MemberFile.sizeLimit,
      let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8))
    else { throw .revocationsForm("the revocation list is not of its form") }
    guard form.version == Self.version else {
      throw .revocationsForm(
        "the revocation list is of version \(form.version), but this build reads \(Self.version)")
    }
    guard form.number > 0, form.revoked.count <= Self.entryLimit else {
      throw .revocationsForm("the revocation list has a number or a length out of range")
    }
    guard let signature = form.signature.flatMap(hexadecimalBytes),
      root.isValid(signature, for: form.bytes(under: root))
    else { throw .revocationsForm("the revocation list is not signed by this consortium") }
    self.init(form, signature: signature, root: root)
  }

  /// The text of `revoked.json`.
  public var json: String {
    let form = Form(
      version: Self.version, number: number, time: time, revoked: entries,
      signature: hexadecimal(signature))
    return jsonText(form)
  }
}

/// Indented, with sorted keys and a line feed, so that versions of a file can be compared.
func jsonText(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  guard let data = try? encoder.encode(value) else {
    preconditionFailure("names and whole numbers are always JSON")
  }
  return String(decoding: data, as: UTF8.self) + "\n"
}
