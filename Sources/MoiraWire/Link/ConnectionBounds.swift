/// What a hub bears of connections, whoever opens them.
public struct ConnectionBounds: Sendable {
  /// Connections at a time; one more is closed at once.
  public var connections = 8192
  /// Of these, how many may be in their TLS handshake; one more ends the oldest of them.
  public var handshakes = 256
  /// How long a handshake may take.
  public var handshakeWait = Duration.seconds(10)
  /// How long an agent's stream may wait for its hello.
  public var helloWait = Duration.seconds(10)
  /// How long a connection may have no call.
  public var idleTime = Duration.seconds(60)

  public init() {}
}
