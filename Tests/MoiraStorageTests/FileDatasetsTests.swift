import CZlib
import Foundation
import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraTable
import Testing

@testable import MoiraStorage

/// One gzip member, made by zlib.
func gzip(_ content: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var content = content
  var packed = [UInt8](repeating: 0, count: content.count + content.count / 100 + 100)
  let count = content.withUnsafeMutableBufferPointer { input in
    packed.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(packed.prefix(count))
}

@Suite struct FileDatasetsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func datasets(_ paths: [String: String], sizeLimit: Int = 1 << 30) -> FileDatasets {
    let entries = paths.sorted { $0.key < $1.key }.map {
      DatasetEntry(
        name: $0.key, path: $0.value, options: .map([("delimiter", .string(";"))]), site: nil)
    }
    return FileDatasets(
      profile: PartyProfile(id: "clinic", datasets: entries), folder: folder.path + "/clinic",
      sizeLimit: sizeLimit)
  }

  func failure(_ datasets: FileDatasets, _ choice: DatasetChoice) async -> Failure? {
    await #expect(throws: Failure.self) { try await datasets.open(choice) }
  }

  @Test("A name leads to its file, relative to the party's folder, with its options")
  func named() async throws {
    let content = Array("id,x\n1,2\n".utf8)
    try folder.write("data/a.csv", content)
    try folder.write("clinic/party.yaml", [])
    let datasets = datasets(["a": "../data/a.csv"])
    let dataset = try await datasets.open(.named("a"))
    #expect(dataset.name == "a")
    #expect(bytes(dataset.bytes) == content)
    #expect(dataset.hash == sha256(content))
    #expect(dataset.options == .map([("delimiter", .string(";"))]))
    let path = try await datasets.open(.path("../data/a.csv"))
    #expect(bytes(path.bytes) == content)
    #expect(path.options == .map([]))
    #expect(bytes(try await datasets.open(.path(folder.path + "/data/a.csv")).bytes) == content)
  }

  @Test("A file that changes has another hash")
  func changes() async throws {
    let datasets = datasets(["a": "a.csv"])
    for round in 0..<5 {
      let content = Array("x\n\(round)\n".utf8)
      try folder.write("clinic/a.csv", content)
      #expect(try await datasets.open(.named("a")).hash == sha256(content))
    }
  }

  @Test("An empty file has no bytes")
  func empty() async throws {
    try folder.write("clinic/a.csv", [])
    #expect(bytes(try await datasets(["a": "a.csv"]).open(.named("a")).bytes).isEmpty)
  }

  @Test(
    "A gzip file is unpacked, whatever its name, and known by the hash of what lies on the disk")
  func unpacks() async throws {
    var generator = SeededGenerator(seed: 11)
    for count in [0, 1, 1000, 300_000] {
      let content = (0..<count).map { _ in UInt8.random(in: 48...57, using: &generator) }
      let packed = gzip(content)
      try folder.write("clinic/a.csv", packed)
      let dataset = try await datasets(["a": "a.csv"]).open(.named("a"))
      #expect(bytes(dataset.bytes) == content)
      #expect(dataset.hash == sha256(packed))
    }
  }

  @Test("Members one after another make one file, and zeros may follow")
  func members() async throws {
    let parts = ["id,x\n", "", "1,2\n", String(repeating: "3,4\n", count: 50_000)].map {
      Array($0.utf8)
    }
    try folder.write("clinic/a.csv.gz", parts.flatMap(gzip) + [0, 0, 0])
    let dataset = try await datasets(["a": "a.csv.gz"]).open(.named("a"))
    #expect(bytes(dataset.bytes) == parts.flatMap { $0 })
  }

  @Test("A gzip file cut off anywhere is refused")
  func truncated() async throws {
    let packed = gzip(Array("id,x\n1,2\n3,4\n".utf8))
    for length in 2..<packed.count {
      try folder.write("clinic/\(length).gz", Array(packed.prefix(length)))
      let failure = await failure(datasets(["a": "\(length).gz"]), .named("a"))
      #expect(failure?.code == "dataset-unreadable", "cut at \(length)")
    }
    try folder.write("clinic/a.gz", Array(packed.dropLast()))
    let failure = await failure(datasets(["a": "a.gz"]), .named("a"))
    #expect(
      failure?.message
        == "the dataset 'a' of 'clinic' cannot be read: its gzip data end too early")
    #expect(failure?.hint == "'gzip -t' checks a gzip file")
    #expect(failure?.cause == folder.path + "/clinic/a.gz")
  }

  @Test("A gzip file with a wrong byte never comes through as something else")
  func damaged() async throws {
    let content = Array(String(repeating: "5.1,3.5,1.4\n", count: 300).utf8)
    let packed = gzip(content)
    for place in packed.indices {
      var wrong = packed
      wrong[place] ^= 0x55
      let result = wrong.withUnsafeBytes { bytes -> [UInt8]? in
        guard Inflation.isGzip(bytes) else { return nil }
        return (try? Inflation.inflate(bytes)).map { MoiraStorageTests.bytes($0) }
      }
      // Bytes 4 to 9 of the header say when and where it was packed: they change nothing.
      #expect(result == nil || result == content, "byte \(place)")
      if !(3...9).contains(place) { #expect(result == nil, "byte \(place)") }
    }
    try folder.write("clinic/a.gz", packed + [1, 2, 3])
    let failure = await failure(datasets(["a": "a.gz"]), .named("a"))
    #expect(
      failure?.message == "the dataset 'a' of 'clinic' cannot be read: its gzip data are damaged")
  }

  @Test("A small gzip file that unpacks to too much ends at the limit")
  func bomb() async throws {
    let limit = 100_000
    try folder.write("clinic/fits.gz", gzip([UInt8](repeating: 0, count: limit)))
    try folder.write("clinic/bomb.gz", gzip([UInt8](repeating: 0, count: limit + 1)))
    let datasets = datasets(["a": "fits.gz", "b": "bomb.gz"], sizeLimit: limit)
    #expect(bytes(try await datasets.open(.named("a")).bytes).count == limit)
    let failure = await failure(datasets, .named("b"))
    #expect(
      failure?.message
        == "the dataset 'b' of 'clinic' cannot be read: unpacked it has more than 100000 bytes")
  }

  @Test("An unregistered name is answered with the nearest one")
  func unregistered() async throws {
    let datasets = datasets(["breast": "b.csv", "digits": "d.csv"])
    let near = await failure(datasets, .named("brest"))
    #expect(near?.code == "dataset-unregistered")
    #expect(near?.message == "'clinic' has no dataset 'brest'")
    #expect(near?.hint == "did you mean 'breast'?")
    #expect(
      await failure(datasets, .named("weather"))?.hint == "'clinic' has breast, digits")
    #expect(
      await failure(self.datasets([:]), .named("x"))?.hint
        == "'moira party dataset add x PATH' registers one")
  }

  @Test("A file that cannot be read is said, and its path stays with the party")
  func unreadable() async throws {
    try folder.write("clinic/folder/inside", [1])
    let datasets = datasets(["gone": "secret-place.csv", "folder": "folder", "device": "/dev/zero"])
    let gone = await failure(datasets, .named("gone"))
    #expect(gone?.code == "dataset-unreadable")
    #expect(
      gone?.message == "the dataset 'gone' of 'clinic' cannot be read: no such file")
    #expect(
      gone?.hint
        == "correct its 'path' in the party.yaml of 'clinic'; it is relative to that file")
    #expect(gone?.cause == folder.path + "/clinic/secret-place.csv")
    #expect(gone?.withoutCause.message.contains("secret-place") == false)
    #expect(
      await failure(datasets, .named("folder"))?.message
        == "the dataset 'folder' of 'clinic' cannot be read: it is a folder")
    #expect(
      await failure(datasets, .named("device"))?.message
        == "the dataset 'device' of 'clinic' cannot be read: it is not a plain file")
  }
}
