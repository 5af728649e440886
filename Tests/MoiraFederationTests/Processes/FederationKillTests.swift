import Foundation
import MoiraModel
import MoiraSchedule
import Testing

/// Numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Thirty jobs, one `kill -9` in each at a random moment, in one federation that lives through all of it.
///
/// The jobs are light (a reader, a split, keys, two rounds of training), so that CI runs all thirty;
/// `MOIRA_KILL_FULL=1` takes the whole template.
@Suite("kill -9", .serialized)
struct FederationKillTests {
  private static let isFull = ProcessInfo.processInfo.environment["MOIRA_KILL_FULL"] == "1"
  private static let file = isFull ? "full.yaml" : "light.yaml"
  /// About as long as a job takes, in milliseconds.
  private static let span = isFull ? 7000 : 900

  @Test(
    "Thirty jobs, each with a process or all of them killed: the same models, each job ended once")
  func kills() async throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.writeFull()
    try federation.startAll()
    let expected = try federation.job(federation.submitting(file: Self.file))
      .hashes("model", of: "homo_lr_0")
    #expect(expected.count == 3)
    var numbers = SeededNumbers(seed: 5)
    var jobs: Set<String> = []
    for round in 0..<30 {
      let place = federation.hub?.log.count ?? 0
      let running = try federation.submitting(file: Self.file)
      try federation.hubHasSubmitted(from: place)
      // The moment is random; what is expected does not depend on it.
      federation.pause(milliseconds: Int.random(in: 0..<Self.span, using: &numbers))
      try federation.kill(KillTarget.allCases.randomElement(using: &numbers) ?? .hub)
      let job = try federation.job(running)
      #expect(job.state == "succeeded", "round \(round)")
      #expect(job.hashes("model", of: "homo_lr_0") == expected, "round \(round)")
      #expect(jobs.insert(job.id).inserted)
    }
    try await check(federation, jobs)
  }

  /// What must hold when everything is over.
  private func check(_ federation: LocalFederation, _ jobs: Set<String>) async throws {
    for party in LocalFederation.parties {
      let verified = try federation.moira("party", "audit", "parties/\(party)", "--verify")
      #expect(verified.status == 0, "\(verified.output)")
      let lines = try federation.audit(of: party)
      let started = lines.filter { $0.kind == "part-started" }.map(\.part)
      #expect(started.count >= 31 && Set(started).count == started.count, "an attempt ran twice")
      let decided = lines.filter { $0.kind == "decision" }.map(\.job)
      #expect(jobs.isSubset(of: decided))
    }
    for job in jobs {
      try await checkEnds(federation.journal(of: job), of: job)
    }
    // Whoever was away when a job ended is told with its next connection.
    for party in LocalFederation.parties {
      #expect(await federation.forgets(party), "\(party)")
    }
  }

  /// Each part succeeded once, in the one attempt of its task that came to an end; then the job ended.
  private func checkEnds(_ journal: [JournalEntry], of job: String) throws {
    let succeeded = journal.compactMap { entry -> PartKey? in
      if case .partSucceeded(let success) = entry.event { success.part } else { nil }
    }
    #expect(Set(succeeded).count == succeeded.count, "\(job): a finished part ran again")
    #expect(JobMachine(replaying: journal).state == .succeeded)
  }
}

enum KillTarget: String, CaseIterable {
  case hub, guest, host, arbiter, all
}

extension LocalFederation {
  func kill(_ target: KillTarget) throws {
    switch target {
    case .hub:
      hub?.kill9()
      try startHub()
    case .guest: try restart("hospital-a")
    case .host: try restart("hospital-c")
    case .arbiter: try restart("hub")
    case .all:
      hub?.kill9()
      for party in Self.parties { agents[party]?.kill9() }
      for party in Self.parties { try start(party) }
      try startHub()
    }
  }

  private func restart(_ party: String) throws {
    agents[party]?.kill9()
    try start(party)
  }

  /// The template without reuse, with attempts to spare.
  func writeFull() throws {
    let text = try String(contentsOfFile: "\(path)/homo_lr.yaml", encoding: .utf8)
    try write(
      text.replacingOccurrences(
        of: "\ntasks:", with: "\nconf: {cache: false, retries: 10}\ntasks:"),
      toFile: "full.yaml")
  }

  func pause(milliseconds: Int) {
    let condition = NSCondition()
    condition.lock()
    _ = condition.wait(until: Date(timeIntervalSinceNow: Double(milliseconds) / 1000))
    condition.unlock()
  }

  /// Whether the agent's store is empty of jobs, at once or after a while.
  func forgets(_ party: String) async -> Bool {
    for _ in 0..<100 {
      if (try? await kept(at: party)) == [] { return true }
      pause(milliseconds: 200)
    }
    return false
  }
}
