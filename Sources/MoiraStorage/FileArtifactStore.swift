import Foundation
internal import MoiraCrypto
public import MoiraKit
public import MoiraModel
public import MoiraRuntime
public import MoiraTable
import Synchronization

/// One party's artifacts as files named for the SHA-256 of their bytes.
///
/// `objects/ab/<hash>` holds what its owner may show, `secrets/ab/<hash>` what only the agent's user
/// may read (folders 0700, files 0600). A file is whole or not there: it is written under another
/// name, synced, renamed, and its folder synced. Several processes may use one folder.
///
/// The first time that a process opens a file it did not write itself, it computes the hash of all of
/// it; from then on the size and the time of the last change tell whether it is still the same.
public struct FileArtifactStore: ArtifactStore {
  private enum Shelf: String, CaseIterable {
    case objects, secrets
    var folderMode: mode_t { self == .secrets ? 0o700 : 0o755 }
    var fileMode: mode_t { self == .secrets ? 0o600 : 0o644 }
  }

  /// What a file looked like when its content was last known to be right.
  private struct Sighting: Hashable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  private final class Known: Sendable {
    let sightings = Mutex<[String: Sighting]>([:])
  }

  private let directory: String
  private let known = Known()

  /// - Throws: `storage-unwritable` when the folder cannot be made.
  public init(directory: String) throws(Failure) {
    self.directory = directory
    do throws(SystemFault) {
      for shelf in Shelf.allCases {
        try makeFolder("\(directory)/\(shelf.rawValue)", mode: shelf.folderMode)
      }
    } catch {
      throw Failure(
        "storage-unwritable", "the folder '\(directory)' cannot be written: \(error.reason)",
        hint: error.hint)
    }
  }

  // MARK: Writing

  public func put(_ bytes: any ArtifactBytes, isSecret: Bool) async throws(Failure) -> ContentHash {
    let hash = bytes.withBytes { bytes in
      var hasher = ContentHasher()
      hasher.update(bytes)
      return hasher.finish()
    }
    let shelf: Shelf = isSecret ? .secrets : .objects
    let path = path(of: hash, on: shelf)
    if holds(path, bytes.byteCount) { return hash }
    do throws(SystemFault) {
      try makeFolder(folder(of: hash, on: shelf), mode: shelf.folderMode)
      try bytes.withBytes { bytes throws(SystemFault) in
        try replaceFile(at: path, with: bytes, mode: shelf.fileMode)
      }
      try synchronizeFolder("\(directory)/\(shelf.rawValue)")
      note(try OpenFile(path, O_RDONLY).status(), at: path)
    } catch {
      throw unwritable(error, path)
    }
    return hash
  }

  /// Whether the file stands there already, as it was when its content was known to be right.
  private func holds(_ path: String, _ size: Int) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY), let status = try? file.status(),
      Int(status.st_size) == size
    else { return false }
    return (try? verify(file, status, path)) ?? false
  }

  // MARK: Reading

  public func get(_ hash: ContentHash) async throws(Failure) -> any ArtifactBytes {
    guard isHash(hash) else { throw missing(hash) }
    for shelf in Shelf.allCases {
      let path = path(of: hash, on: shelf)
      let bytes: (any ArtifactBytes)?
      do throws(SystemFault) {
        bytes = try verified(path)
      } catch {
        if error.number == ENOENT { continue }
        throw Failure(
          "artifact-unreadable", "the artifact \(hash.short) cannot be read: \(error.reason)",
          cause: path)
      }
      guard let bytes else { throw corrupt(hash, path) }
      return bytes
    }
    throw missing(hash)
  }

  /// The file's bytes; nil when they are not what its name says.
  private func verified(_ path: String) throws(SystemFault) -> (any ArtifactBytes)? {
    let file = try OpenFile(path, O_RDONLY)
    let status = try file.status()
    return try verify(file, status, path) ? try file.mapped(count: Int(status.st_size)) : nil
  }

  public func contains(_ hash: ContentHash) async -> Bool {
    isHash(hash)
      && Shelf.allCases.contains { access(path(of: hash, on: $0), R_OK) == 0 }
  }

  /// Whether the content is what the name says; computed once for each file and process.
  private func verify(
    _ file: borrowing OpenFile, _ status: stat, _ path: String
  ) throws(SystemFault) -> Bool {
    let seen = known.sightings.withLock { $0[path] }
    if seen == sighting(status) { return true }
    let hash = try file.mapped(count: Int(status.st_size)).withBytes { bytes in
      var hasher = ContentHasher()
      hasher.update(bytes)
      return hasher.finish()
    }
    guard path.hasSuffix("/" + hash.text) else { return false }
    note(status, at: path)
    return true
  }

  private func note(_ status: stat, at path: String) {
    known.sightings.withLock { $0[path] = sighting(status) }
  }

  private func sighting(_ status: stat) -> Sighting {
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    return Sighting(
      size: Int(status.st_size), seconds: changed.tv_sec, nanoseconds: changed.tv_nsec)
  }

  // MARK: Keeping house

  public func all() async throws(Failure) -> [ContentHash: Int] {
    var sizes: [ContentHash: Int] = [:]
    do throws(SystemFault) {
      for shelf in Shelf.allCases {
        for folder in try folders(of: shelf) {
          for name in try names(in: folder) where isHash(ContentHash(name)) {
            var status = stat()
            if stat("\(folder)/\(name)", &status) == 0 {
              sizes[ContentHash(name)] = Int(status.st_size)
            }
          }
        }
      }
    } catch {
      throw Failure(
        "artifact-unreadable", "the artifacts cannot be listed: \(error.reason)", cause: directory)
    }
    return sizes
  }

  public func remove(_ hash: ContentHash) async throws(Failure) {
    guard isHash(hash) else { return }
    for shelf in Shelf.allCases {
      let path = path(of: hash, on: shelf)
      if unlink(path) != 0, errno != ENOENT { throw unwritable(.last, path) }
      _ = known.sightings.withLock { $0.removeValue(forKey: path) }
    }
  }

  /// Removes what processes that have died left half-written.
  ///
  /// - Returns: how many files.
  public func removeTemporaries() throws(Failure) -> Int {
    var removed = 0
    do throws(SystemFault) {
      for shelf in Shelf.allCases {
        for folder in try folders(of: shelf) {
          removed += try MoiraStorage.removeTemporaries(in: folder)
        }
      }
    } catch {
      throw unwritable(error, directory)
    }
    return removed
  }

  // MARK: Places

  private func folders(of shelf: Shelf) throws(SystemFault) -> [String] {
    let top = "\(directory)/\(shelf.rawValue)"
    return try names(in: top).filter { $0.utf8.count == 2 }.map { "\(top)/\($0)" }
  }

  private func folder(of hash: ContentHash, on shelf: Shelf) -> String {
    "\(directory)/\(shelf.rawValue)/\(hash.text.prefix(2))"
  }

  private func path(of hash: ContentHash, on shelf: Shelf) -> String {
    "\(folder(of: hash, on: shelf))/\(hash)"
  }

  /// A hash may come from another party, and becomes part of a path.
  private func isHash(_ hash: ContentHash) -> Bool {
    hash.text.utf8.count == 64
      && hash.text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  // MARK: Words

  private func missing(_ hash: ContentHash) -> Failure {
    Failure(
      "artifact-missing", "the artifact \(hash.short) is not here",
      hint: "'moira rerun' makes it again")
  }

  private func corrupt(_ hash: ContentHash, _ path: String) -> Failure {
    Failure(
      "artifact-corrupt", "the artifact \(hash.short) is not what was written",
      hint: "remove it with 'moira gc', then 'moira rerun' makes it again", cause: path)
  }

  /// The path stays at the party, as the cause. A full disk may have room at the next attempt.
  private func unwritable(_ fault: SystemFault, _ path: String) -> Failure {
    Failure(
      "storage-unwritable", "an artifact cannot be written: \(fault.reason)", hint: fault.hint,
      cause: path, isTransient: [ENOSPC, EDQUOT].contains(fault.number))
  }
}
