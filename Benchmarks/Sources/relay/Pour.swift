import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan

/// Bytes, as a message.
struct Blob: WireMessage {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(from reader: inout ByteReader) throws(WireError) { bytes = try reader.byteArray() }
  func encode(into writer: inout ByteWriter) { writer.write(bytes) }
}

/// The guest sends so many messages of so many bytes, and waits for a word at the end.
struct Pour: Component {
  static let card = ComponentCard(
    "pour", version: 1, roles: [.guest, .host], summary: "Sends bytes along one lane.")

  @Param("Bytes of a message.") var size: Int = 1 << 20
  @Param("How many messages.") var count: Int = 1

  func run(in task: some TaskContext) async throws {
    let other = task.members.map(\.party).first { $0 != task.party } ?? task.party
    guard task.role == .guest else {
      for _ in 0..<count { _ = try await task.receive(Blob.self, from: other) }
      return try await task.send(Blob([1]), to: other)
    }
    let message = Blob([UInt8](repeating: 7, count: size))
    let clock = ContinuousClock()
    let began = clock.now
    for _ in 0..<count { try await task.send(message, to: other) }
    _ = try await task.receive(Blob.self, from: other)
    let seconds = (clock.now - began) / .seconds(1)
    task.report(.metrics(step: 1, values: ["mb_per_s": Double(size * count) / seconds / 1e6]))
  }
}

/// The guest sends a small message and waits for it to come back, again and again.
struct Rally: Component {
  static let card = ComponentCard(
    "rally", version: 1, roles: [.guest, .host], summary: "Sends a small message to and fro.")

  @Param("How many times.") var count: Int = 2000

  func run(in task: some TaskContext) async throws {
    let other = task.members.map(\.party).first { $0 != task.party } ?? task.party
    let ball = Blob([UInt8](repeating: 1, count: 64))
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<count {
      let began = clock.now
      if task.role == .guest { try await task.send(ball, to: other) }
      _ = try await task.receive(Blob.self, from: other)
      if task.role == .host { try await task.send(ball, to: other) }
      times.append((clock.now - began) / .milliseconds(1))
    }
    times.sort()
    guard task.role == .guest else { return }
    task.report(.metrics(step: 1, values: ["median_ms": times[count / 2]]))
  }
}

let benchCatalog = Catalog([Pour.self, Rally.self])
