import Foundation
import MoiraCrypto
import MoiraModel
import MoiraRuntime
import MoiraTable
import Testing

@testable import MoiraStorage

@Suite struct FileArtifactStoreTests {
  let folder: TemporaryFolder
  let store: FileArtifactStore

  init() throws {
    folder = try TemporaryFolder()
    store = try FileArtifactStore(directory: folder.path)
  }

  func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test("Secrets lie apart, and only their owner may read them")
  func secrets() async throws {
    let hash = try await store.put(AlignedBytes([1, 2, 3]), isSecret: true).text
    #expect(try folder.files() == ["secrets/\(hash.prefix(2))/\(hash)"])
    #expect(try mode("secrets") == 0o700)
    #expect(try mode("secrets/\(hash.prefix(2))") == 0o700)
    #expect(try mode("secrets/\(hash.prefix(2))/\(hash)") == 0o600)
  }

  @Test("Equal bytes are stored once")
  func once() async throws {
    let hash = try await store.put(AlignedBytes([1, 2, 3]), isSecret: false).text
    _ = try await store.put(AlignedBytes([1, 2, 3]), isSecret: false)
    let again = try FileArtifactStore(directory: folder.path)
    _ = try await again.put(AlignedBytes([1, 2, 3]), isSecret: false)
    #expect(try folder.files() == ["objects/\(hash.prefix(2))/\(hash)"])
  }

  @Test("A half-written file is never listed, and is swept away once its writer is dead")
  func temporaries() async throws {
    let hash = sha256([7]).text
    try folder.write("objects/\(hash.prefix(2))/\(temporaryPrefix)1", [7])
    try folder.write("secrets/ff/\(temporaryPrefix)2", [])
    try folder.write("objects/ff/strange", [1])
    #expect(try await store.all().isEmpty)
    #expect(await !store.contains(ContentHash(hash)))
    let path = "\(folder.path)/secrets/ff/\(temporaryPrefix)2"
    do {
      let writer = try OpenFile(path, O_WRONLY)
      let isLocked = writer.lock()
      #expect(isLocked)
      #expect(try store.removeTemporaries() == 1)
      #expect(FileManager.default.fileExists(atPath: path))
    }
    #expect(try store.removeTemporaries() == 1)
    #expect(try folder.files() == ["objects/ff/strange"])
  }

  @Test("A file that was cut off or changed is never handed out", arguments: [0, 1, 4999, 5001])
  func truncated(_ length: Int) async throws {
    let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let hash = try await store.put(AlignedBytes(content), isSecret: false)
    let place = "objects/\(hash.text.prefix(2))/\(hash)"
    try folder.write(place, Array((content + [1]).prefix(length)))
    let failure = await #expect(throws: Failure.self) { try await store.get(hash) }
    #expect(failure?.code == "artifact-corrupt")
    #expect(failure?.message == "the artifact \(hash.short) is not what was written")
    // Making it again puts the right bytes in its place.
    _ = try await store.put(AlignedBytes(content), isSecret: false)
    #expect(bytes(try await store.get(hash)) == content)
  }

  @Test("One bit that flipped on the disk is found by the next process")
  func flippedBit() async throws {
    let content = [UInt8](repeating: 9, count: 3_000_000)
    let hash = try await store.put(AlignedBytes(content), isSecret: false)
    var wrong = content
    wrong[2_999_999] ^= 1
    try folder.write("objects/\(hash.text.prefix(2))/\(hash)", wrong)
    let next = try FileArtifactStore(directory: folder.path)
    let failure = await #expect(throws: Failure.self) { try await next.get(hash) }
    #expect(failure?.code == "artifact-corrupt")
  }

  @Test("A place that cannot be written is said, and nothing half-written stays")
  func unwritable() async throws {
    try folder.write("file", [1])
    let made = #expect(throws: Failure.self) {
      try FileArtifactStore(directory: folder.path + "/file/store")
    }
    #expect(made?.code == "storage-unwritable")
    #expect(made?.hint == "a file stands where a folder should be")
    let hash = sha256([1, 2, 3]).text
    try folder.write("objects/\(hash.prefix(2))", [1])
    let put = await #expect(throws: Failure.self) {
      try await store.put(AlignedBytes([1, 2, 3]), isSecret: false)
    }
    #expect(put?.code == "storage-unwritable")
    #expect(put?.message.contains(folder.path) == false)
    #expect(put?.cause?.hasPrefix(folder.path) == true)
    #expect(try folder.files() == ["file", "objects/\(hash.prefix(2))"])
  }

  @Test("A file that cannot be put in its place leaves no trace")
  func renameFails() throws {
    try folder.write("target/inside", [1])
    #expect(throws: SystemFault.self) {
      try AlignedBytes([1]).withBytes { bytes throws(SystemFault) in
        try replaceFile(at: folder.path + "/target", with: bytes, mode: 0o644)
      }
    }
    #expect(try folder.files() == ["target/inside"])
  }
}

@Suite struct FileLockTests {
  @Test("One has the lock at a time, and it ends with its owner")
  func exclusive() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/jobs/7f3a.lock"
    #expect(!FileLock.isHeld(path))
    do {
      let lock = try #require(try FileLock.acquire(path))
      #expect(FileLock.isHeld(path))
      #expect(try FileLock.acquire(path) == nil)
      withExtendedLifetime(lock) {}
    }
    #expect(!FileLock.isHeld(path))
    let next = try #require(try FileLock.acquire(path))
    withExtendedLifetime(next) {}
  }

  @Test("A lock that cannot be made is a failure")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", [1])
    let failure = #expect(throws: Failure.self) {
      try FileLock.acquire(folder.path + "/file/x.lock")
    }
    #expect(failure?.code == "storage-unwritable")
  }
}
