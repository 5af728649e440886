/// The SHA-256 of some bytes, in 64 lower-case hexadecimal digits.
public struct ContentHash: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
  /// Enough of it to tell artifacts apart on a screen.
  public var short: String { String(text.prefix(12)) }
}

/// Says which bytes went through a port at one party; the bytes stay there.
public struct ArtifactReference: Hashable, Codable, Sendable {
  public let port: PortName
  public let kind: ArtifactKind
  public let hash: ContentHash
  public let bytes: Int

  public init(port: PortName, kind: ArtifactKind, hash: ContentHash, bytes: Int) {
    self.port = port
    self.kind = kind
    self.hash = hash
    self.bytes = bytes
  }
}
