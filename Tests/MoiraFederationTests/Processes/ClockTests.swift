#if os(Linux)
  import Foundation
  import MoiraModel
  import MoiraSchedule
  import Testing

  @Suite("Clocks that are hours apart, over processes", .serialized)
  struct ClockTests {
    /// What each process's clock is ahead of the submitter's, in hours.
    private static let shifts = ["hospital-a": 1.0, "hospital-b": -1, "hospital-c": 0, "hub": 0.5]

    @Test(
      "A job ends with the same models, whatever the parties' clocks show, and the hub's go back")
    func apart() async throws {
      let federation = try LocalFederation()
      try federation.write(LightPipeline.training, toFile: "light.yaml")
      try federation.startAll()
      let expected = try federation.job(federation.submitting(file: "light.yaml"))
        .hashes("model", of: "homo_lr_0")
      #expect(expected.count == 3)
      for party in LocalFederation.parties { federation.agents[party]?.kill9() }
      federation.hub?.kill9()

      let clock = try ShiftedClock(in: federation.path)
      try federation.startHub(with: clock.variables(hours: 1))
      for party in LocalFederation.parties {
        try federation.start(party, with: clock.variables(hours: Self.shifts[party] ?? 0))
      }
      for party in LocalFederation.parties { try federation.waitUntilConnected(party) }
      let ahead = try federation.job(federation.submitting(file: "light.yaml"))
      #expect(ahead.state == "succeeded")
      #expect(ahead.hashes("model", of: "homo_lr_0") == expected)

      // In the midst of a job the hub's clock goes back by two hours: what it has noted is still to come.
      let place = federation.hub?.log.count ?? 0
      let running = try federation.submitting(file: "light.yaml")
      try federation.hubHasSubmitted(from: place)
      federation.hub?.kill9()
      try federation.startHub(with: clock.variables(hours: -1))
      let back = try federation.job(running)
      #expect(back.state == "succeeded")
      #expect(back.hashes("model", of: "homo_lr_0") == expected)
      try await check(federation, [ahead.id, back.id])
    }

    /// The clocks were what they were meant to be, and each part ran once.
    private func check(_ federation: LocalFederation, _ jobs: [String]) async throws {
      for job in jobs {
        let journal = try await federation.journal(of: job)
        let ended = journal.filter { if case .partSucceeded = $0.event { true } else { false } }
        #expect(!ended.isEmpty)
      }
      let first = try await federation.journal(of: jobs[0]).first?.at
      let last = try await federation.journal(of: jobs[1]).last?.at
      #expect(try #require(last) - #require(first) < .seconds(-3600))
      for party in LocalFederation.parties {
        let verified = try federation.moira("party", "audit", "parties/\(party)", "--verify")
        #expect(verified.status == 0, "\(verified.output)")
        let started = try federation.audit(of: party).filter { $0.kind == "part-started" }.map(
          \.part)
        #expect(!started.isEmpty && Set(started).count == started.count, "an attempt ran twice")
        #expect(await federation.forgets(party), "\(party)")
      }
    }
  }
#endif
