import Foundation
import Testing

/// A file system of a few megabytes over a folder; only root may make one.
final class SmallDisk {
  private let folder: String

  static let isPossible: Bool = {
    #if os(Linux)
      guard getuid() == 0 else { return false }
      let folder = NSTemporaryDirectory() + "moira-disk-\(UUID().uuidString)"
      try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      return (try? SmallDisk(folder)) != nil
    #else
      return false
    #endif
  }()

  init(_ folder: String, megabytes: Int = 12) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "moira-test", folder) else {
      throw FederationFault(text: "cannot mount")
    }
  }

  deinit { _ = Self.run("umount", "-l", folder) }

  private static func run(_ command: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  private var filler: String { folder + "/filler" }

  /// Takes every block that is left.
  func fill() {
    let file = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(file) }
    for size in [1 << 20, 4096, 1] {
      let zeros = [UInt8](repeating: 0, count: size)
      while write(file, zeros, size) == size {}
    }
  }

  func empty() { unlink(filler) }
}

@Suite(
  "A disk that is full", .serialized, .enabled(if: SmallDisk.isPossible, "needs root and tmpfs"))
struct FullDiskTests {
  private static let long = ["--set", "homo_lr_0.epochs=30"]

  /// Runs a job whose disk is full in its middle for some seconds.
  private func run(_ folder: String) throws -> (LocalFederation, JobReading) {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    let disk = try SmallDisk("\(federation.path)/\(folder)")
    try federation.startAll()
    let running = try federation.submitting(Self.long, file: "light.yaml")
    let log = try #require(federation.agents["hospital-b"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=homo_lr_0") }
    disk.fill()
    federation.pause(milliseconds: 4000)
    disk.empty()
    let job = try federation.job(running)
    for party in LocalFederation.parties {
      let verified = try federation.moira("party", "audit", "parties/\(party)", "--verify")
      #expect(verified.status == 0, "\(verified.output) \(verified.errors)")
    }
    #expect(federation.hub?.isAlive == true)
    #expect(federation.agents.values.allSatisfy { $0.isAlive })
    // The folder is unmounted after the processes have ended.
    federation.endAll()
    withExtendedLifetime(disk) {}
    return (federation, job)
  }

  @Test("At the hub: the job goes on when there is room again")
  func hub() throws {
    let (_, job) = try run("coordinator/state")
    #expect(job.state == "succeeded")
  }

  @Test("At an agent: the job goes on when there is room again, and its audit log has every line")
  func agent() throws {
    let (federation, job) = try run("parties/hospital-b/state")
    #expect(job.state == "succeeded")
    withExtendedLifetime(federation) {}
  }

  @Test("A hub without room takes no job, and says so; afterwards it does")
  func refused() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    let disk = try SmallDisk("\(federation.path)/coordinator/state")
    try federation.startAll()
    disk.fill()
    let refused = try federation.ask("submit", "light.yaml")
    #expect(refused.status == 75, "\(refused.errors)")
    #expect(refused.errors.contains("[journal-unwritable]"), "\(refused.errors)")
    disk.empty()
    #expect(try federation.job(federation.submitting(file: "light.yaml")).state == "succeeded")
    federation.endAll()
  }
}

extension LocalFederation {
  func endAll() {
    for agent in agents.values where agent.isAlive { agent.kill9() }
    if hub?.isAlive == true { hub?.kill9() }
  }
}
