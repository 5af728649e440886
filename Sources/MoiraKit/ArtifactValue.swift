public import Foundation
public import MoiraModel
public import MoiraTable

/// The bytes of an artifact: a mapped file, or memory.
public typealias ArtifactBytes = TableBytes

extension TableBytes {
  public var byteCount: Int { withBytes { $0.count } }
}

/// A value that can go through a port.
public protocol ArtifactValue: Sendable {
  static var kind: ArtifactKind { get }
  /// Whether its bytes may be read by the party's own agent only.
  static var isSecret: Bool { get }
  init(artifact bytes: any ArtifactBytes) throws
  /// The bytes that say all of it; equal values give equal bytes.
  func artifactBytes() throws -> any ArtifactBytes
}

extension ArtifactValue {
  public static var isSecret: Bool { false }
}

/// A value that is kept as JSON which a person can read: keys sorted, two spaces a level.
public protocol JSONArtifact: ArtifactValue, Codable {
  /// The version of the form, written as `schema_version`.
  static var schemaVersion: Int { get }
}

/// The value with the kind and version of its form beside it.
private struct Envelope<Value: Codable>: Codable {
  let kind: String
  let schemaVersion: Int
  let content: Value
}

private struct EnvelopeHead: Codable {
  let kind: String
  let schemaVersion: Int
}

extension JSONArtifact {
  public init(artifact bytes: any ArtifactBytes) throws {
    let data = bytes.withBytes { Data($0) }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let head = try decoder.decode(EnvelopeHead.self, from: data)
    guard head.kind == Self.kind.text, head.schemaVersion == Self.schemaVersion else {
      throw Failure(
        "artifact-version",
        "the artifact is \(head.kind) of version \(head.schemaVersion), but \(Self.kind) of version \(Self.schemaVersion) is read here"
      )
    }
    self = try decoder.decode(Envelope<Self>.self, from: data).content
  }

  public func artifactBytes() throws -> any ArtifactBytes {
    AlignedBytes(Array(try readableJSON()))
  }

  /// The JSON text.
  public func readableJSON() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(
      Envelope(kind: Self.kind.text, schemaVersion: Self.schemaVersion, content: self))
  }
}
