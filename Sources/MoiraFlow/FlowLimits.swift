/// The bounds that the server keeps to.
public enum FlowLimits {
  /// Bytes of a body that is not a file.
  public static let body = 16 << 20
  /// Bytes of one uploaded file, unless the operator says otherwise.
  public static let upload = 4 << 30
  /// Parts of one multipart body.
  public static let parts = 32
  /// Bytes of the head of one part, and of one field that is not a file.
  public static let partHead = 8 << 10
  public static let partField = 1 << 20
  /// Bytes of all headers of a request, and how many there may be.
  public static let headerBytes = 32 << 10
  public static let headers = 100
  /// Bytes of a request's target.
  public static let target = 8 << 10
  /// Connections at once; others wait.
  public static let connections = 512
  /// Seconds until a request's head must be there, and until a body that is no file must.
  public static let headSeconds = 15
  public static let bodySeconds = 60
  /// Seconds until an uploaded file must be there.
  public static let uploadSeconds = 3600
  /// Jobs that wait or run.
  public static let openJobs = 10_000
  /// Jobs at once, unless the operator says otherwise, and at most.
  public static let running = 2
  public static let runningAtMost = 64
  /// Rows of a page of jobs or tasks.
  public static let page = 1_000
  /// Rows of a table that are shown.
  public static let shownRows = 100
  /// Lines of a log that are shown at once.
  public static let logLines = 10_000
  /// Lists and mappings inside one another in a JSON text, and values in all.
  public static let jsonDepth = 64
  public static let jsonValues = 1_000_000
  /// Characters of a name, of a namespace, and of notes.
  public static let name = 200
  public static let notes = 10_000
  /// Seconds that a signature's time may be off, and how many nonces are kept.
  public static let signatureSeconds = 60
  public static let nonces = 100_000
  /// Bytes of an exported model that is brought back.
  public static let modelArchive = 256 << 20
  /// Apps, partners, grants and providers that are kept.
  public static let apps = 10_000
  /// Snapshots and layouts of ended jobs that are kept at hand.
  public static let remembered = 64
}
