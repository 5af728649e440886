import Foundation
internal import MoiraConfig
internal import MoiraCrypto
public import MoiraKit
public import MoiraModel
public import MoiraPlan
public import MoiraRuntime
internal import MoiraTable
import Synchronization

/// The datasets of one party: the files that its profile names, mapped or unpacked.
///
/// A failure names the dataset and the party. Where the file lies is for the party alone, and stands
/// in the failure's cause.
public struct FileDatasets: DatasetStore {
  private struct Place {
    let name: String
    let path: String
    let options: ConfigValue
  }

  /// A file as it was when its hash was computed.
  private struct FileState: Hashable {
    let device: Int
    let node: Int
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
      #if canImport(Darwin)
        let changed = status.st_mtimespec
      #else
        let changed = status.st_mtim
      #endif
      device = Int(status.st_dev)
      node = Int(status.st_ino)
      size = Int(status.st_size)
      seconds = changed.tv_sec
      nanoseconds = changed.tv_nsec
    }
  }

  private final class Known: Sendable {
    let hashes = Mutex<[FileState: ContentHash]>([:])
  }

  private let profile: PartyProfile
  private let folder: String
  private let sizeLimit: Int
  private let known = Known()

  /// - Parameter folder: the party's; paths of the profile are relative to it.
  public init(profile: PartyProfile, folder: String) {
    self.init(profile: profile, folder: folder, sizeLimit: Inflation.limit)
  }

  /// - Parameter sizeLimit: the most bytes that a gzip file may unpack to.
  init(profile: PartyProfile, folder: String, sizeLimit: Int) {
    self.profile = profile
    self.folder = folder
    self.sizeLimit = sizeLimit
  }

  public func open(_ choice: DatasetChoice) async throws(Failure) -> Dataset {
    let place = try place(choice)
    let file: (bytes: any TableBytes, hash: ContentHash)
    do throws(SystemFault) {
      file = try read(place.path)
    } catch {
      throw unreadable(place, error.reason, hint: hint(place, error))
    }
    return Dataset(
      name: place.name, bytes: try unpacked(file.bytes, place), options: place.options,
      hash: file.hash)
  }

  private func read(_ path: String) throws(SystemFault) -> (
    bytes: any TableBytes, hash: ContentHash
  ) {
    // A pipe that nobody writes to would hold up `open` for good.
    let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
    let status = try file.status()
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw SystemFault(number: EISDIR)
    default: throw SystemFault(number: ENODEV)
    }
    let bytes = try file.mapped(count: Int(status.st_size))
    return (bytes, hash(of: bytes, FileState(status)))
  }

  private func place(_ choice: DatasetChoice) throws(Failure) -> Place {
    switch choice {
    case .path(let path):
      return Place(name: path, path: resolved(path), options: .map([]))
    case .named(let name):
      guard let entry = profile[name] else { throw unregistered(name) }
      return Place(name: name, path: resolved(entry.path), options: entry.options)
    }
  }

  private func resolved(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  private func unpacked(_ bytes: any TableBytes, _ place: Place) throws(Failure) -> any TableBytes {
    do throws(InflationFault) {
      let plain: (any TableBytes)? = try bytes.withBytes { packed throws(InflationFault) in
        Inflation.isGzip(packed) ? try Inflation.inflate(packed, limit: sizeLimit) : nil
      }
      return plain ?? bytes
    } catch {
      throw unreadable(place, error.reason, hint: "'gzip -t' checks a gzip file")
    }
  }

  private func hash(of bytes: any TableBytes, _ state: FileState) -> ContentHash {
    if let hash = known.hashes.withLock({ $0[state] }) { return hash }
    let hash = bytes.withBytes { bytes in
      var hasher = ContentHasher()
      hasher.update(bytes)
      return hasher.finish()
    }
    known.hashes.withLock { $0[state] = hash }
    return hash
  }

  // MARK: Words

  private func unregistered(_ name: String) -> Failure {
    let names = profile.datasets.map(\.name)
    let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
    return Failure(
      "dataset-unregistered", "'\(profile.id)' has no dataset '\(name)'",
      hint: near
        ?? (names.isEmpty
          ? "'moira party dataset add \(name) PATH' registers one"
          : "'\(profile.id)' has " + names.prefix(20).joined(separator: ", ")))
  }

  private func unreadable(_ place: Place, _ reason: String, hint: String?) -> Failure {
    Failure(
      "dataset-unreadable",
      "the dataset '\(place.name)' of '\(profile.id)' cannot be read: \(reason)", hint: hint,
      cause: place.path)
  }

  private func hint(_ place: Place, _ fault: SystemFault) -> String? {
    switch fault.number {
    case ENOENT, ENOTDIR, EISDIR:
      profile[place.name] == nil
        ? "a path is relative to the folder of '\(profile.id)'"
        : "correct its 'path' in the party.yaml of '\(profile.id)'; it is relative to that file"
    case EACCES, EPERM: "make it readable for the user that runs moira"
    default: nil
    }
  }
}
