public import MoiraModel

/// Keeps small documents by shelf and key: what a service must find again after a restart, beside
/// jobs and artifacts.
public protocol DocumentStore: Sendable {
  /// The documents of a shelf by key, in the order of the keys.
  func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])]
  func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]?
  /// Makes all the changes or none. On return they survive a power cut.
  func change(_ changes: [DocumentChange]) async throws(Failure)
}

/// Puts a document in the place of what stands under its key, or removes that.
public struct DocumentChange: Hashable, Sendable {
  public let shelf: String
  public let key: String
  /// Nil removes.
  public let bytes: [UInt8]?

  public init(shelf: String, key: String, bytes: [UInt8]?) {
    self.shelf = shelf
    self.key = key
    self.bytes = bytes
  }
}
