/// The bounds that the board keeps to.
public enum BoardLimits {
  /// Bytes of all headers of a request, and how many there may be.
  public static let headerBytes = 8 << 10
  public static let headers = 50
  /// Connections at once; others wait.
  public static let connections = 64
  /// Seconds until a request's head must be there.
  public static let headSeconds = 10
  /// Seconds until a connection is closed whose request had a body, which nobody reads.
  public static let bodySeconds = 2
}
