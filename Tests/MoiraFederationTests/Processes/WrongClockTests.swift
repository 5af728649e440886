import Foundation
import Testing

/// The library that shifts a process's clock, where there is one.
enum FakeTime {
  static let library = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
  ].first { FileManager.default.fileExists(atPath: $0) }
}

@Suite(
  "Clocks that are an hour apart", .enabled(if: FakeTime.library != nil, "needs libfaketime")
)
struct WrongClockTests {
  private func clock(_ offset: String) -> [String: String] {
    ["LD_PRELOAD": FakeTime.library ?? "", "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
  }

  @Test(
    "A party an hour behind, one almost an hour ahead and a hub in between run a job to its end")
  func apart() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startHub(with: clock("+5m"))
    // Certificates begin an hour before they were signed, and no clock is more than that behind.
    let offsets = ["hospital-a": "-55m", "hospital-b": "+55m"]
    for party in LocalFederation.parties {
      try federation.start(party, with: offsets[party].map(clock) ?? [:])
    }
    for party in LocalFederation.parties { try federation.waitUntilConnected(party) }
    let job = try federation.job(federation.submitting(file: "light.yaml"))
    #expect(job.state == "succeeded")
    #expect(job.hashes("model", of: "homo_lr_0").count == 3)
    for party in LocalFederation.parties {
      #expect(try federation.moira("party", "audit", "parties/\(party)", "--verify").status == 0)
    }
  }
}
