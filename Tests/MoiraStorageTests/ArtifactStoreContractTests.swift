import MoiraCrypto
import MoiraModel
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraTable
import Testing

/// What every `ArtifactStore` does; the same body on memory and on files.
@Suite struct ArtifactStoreContractTests {
  enum Kind: String, CaseIterable, Sendable { case memory, files }

  struct Subject {
    let store: any ArtifactStore
    let folder: TemporaryFolder

    init(_ kind: Kind) throws {
      folder = try TemporaryFolder()
      store =
        switch kind {
        case .memory: MemoryArtifactStore()
        case .files: try FileArtifactStore(directory: folder.path + "/artifacts")
        }
    }
  }

  static func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  @Test(
    "Bytes come back as they were put, aligned, under the hash of them", arguments: Kind.allCases,
    [0, 1, 63, 4096, 1_000_003])
  func roundTrip(_ kind: Kind, _ count: Int) async throws {
    let subject = try Subject(kind)
    let content = Self.content(count, seed: UInt64(count))
    for isSecret in [false, true] {
      let hash = try await subject.store.put(AlignedBytes(content), isSecret: isSecret)
      #expect(hash == sha256(content))
      let read = try await subject.store.get(hash)
      #expect(bytes(read) == content)
      let isAligned = read.withBytes { bytes in
        bytes.baseAddress.map { Int(bitPattern: $0) % 64 == 0 } ?? (count == 0)
      }
      #expect(isAligned)
      #expect(await subject.store.contains(hash))
    }
    #expect(try await subject.store.all() == [sha256(content): count])
  }

  @Test("The hash of nothing is the one that FIPS 180-4 gives", arguments: Kind.allCases)
  func emptyHash(_ kind: Kind) async throws {
    let subject = try Subject(kind)
    let hash = try await subject.store.put(AlignedBytes([]), isSecret: false)
    #expect(hash == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("What was never put is missing", arguments: Kind.allCases)
  func missing(_ kind: Kind) async throws {
    let subject = try Subject(kind)
    for hash in [sha256([9]), "", "../../../etc/passwd", "ab"] as [ContentHash] {
      let failure = await #expect(throws: Failure.self) { try await subject.store.get(hash) }
      #expect(failure?.code == "artifact-missing")
      #expect(await !subject.store.contains(hash))
    }
  }

  @Test("What is removed is gone, and may be read on by who has it", arguments: Kind.allCases)
  func remove(_ kind: Kind) async throws {
    let subject = try Subject(kind)
    let content = Self.content(10_000, seed: 3)
    let hash = try await subject.store.put(AlignedBytes(content), isSecret: false)
    let kept = try await subject.store.get(hash)
    try await subject.store.remove(hash)
    try await subject.store.remove(hash)
    #expect(await !subject.store.contains(hash))
    #expect(try await subject.store.all().isEmpty)
    #expect(bytes(kept) == content)
    #expect(try await subject.store.put(AlignedBytes(content), isSecret: false) == hash)
    #expect(bytes(try await subject.store.get(hash)) == content)
  }

  @Test("The same bytes from many writers at once make one artifact", arguments: Kind.allCases)
  func manyWriters(_ kind: Kind) async throws {
    let subject = try Subject(kind)
    let store = subject.store
    let content = Self.content(50_000, seed: 5)
    try await withThrowingTaskGroup(of: ContentHash.self) { group in
      for _ in 0..<16 {
        group.addTask { try await store.put(AlignedBytes(content), isSecret: false) }
      }
      for try await hash in group { #expect(hash == sha256(content)) }
    }
    #expect(try await store.all() == [sha256(content): 50_000])
  }
}
