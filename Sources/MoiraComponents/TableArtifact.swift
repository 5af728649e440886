public import MoiraKit
public import MoiraModel
public import MoiraTable

/// A table goes through a port as its image; reading maps it and copies nothing.
extension Table: ArtifactValue {
  public static var kind: ArtifactKind { .table }

  /// - Throws: `artifact-corrupt`.
  public init(artifact bytes: any ArtifactBytes) throws {
    do {
      self = try Table(bytes)
    } catch {
      throw Failure(
        "artifact-corrupt", "the bytes of a table are not a table that this build can open",
        hint: "run the task that made it again", cause: "\(error)")
    }
  }

  public func artifactBytes() throws -> any ArtifactBytes { image }
}
