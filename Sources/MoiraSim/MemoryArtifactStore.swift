internal import MoiraCrypto
public import MoiraKit
public import MoiraModel
public import MoiraRuntime
public import MoiraTable

/// Artifacts in memory: gone with the process.
public actor MemoryArtifactStore: ArtifactStore {
  private var artifacts: [ContentHash: any ArtifactBytes] = [:]

  public init() {}

  public func put(_ bytes: any ArtifactBytes, isSecret: Bool) -> ContentHash {
    let hash = contentHash(bytes)
    if artifacts[hash] == nil { artifacts[hash] = bytes }
    return hash
  }

  public func get(_ hash: ContentHash) throws(Failure) -> any ArtifactBytes {
    guard let bytes = artifacts[hash] else {
      throw Failure(
        "artifact-missing", "the artifact \(hash.short) is not here",
        hint: "'moira rerun' makes it again")
    }
    return bytes
  }

  public func contains(_ hash: ContentHash) -> Bool { artifacts[hash] != nil }
  public func all() -> [ContentHash: Int] { artifacts.mapValues { $0.byteCount } }
  public func remove(_ hash: ContentHash) { artifacts[hash] = nil }
}

/// The SHA-256 of bytes where they lie.
func contentHash(_ bytes: any ArtifactBytes) -> ContentHash {
  bytes.withBytes { bytes in
    var hasher = ContentHasher()
    hasher.update(bytes)
    return hasher.finish()
  }
}
