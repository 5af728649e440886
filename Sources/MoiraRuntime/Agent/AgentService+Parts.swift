internal import MoiraCrypto
internal import MoiraKit
public import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule
internal import MoiraTable

/// A job that this party has agreed to, with what it needs to run its parts.
struct AgentJob: Sendable {
  let proposal: JobProposal
  let bytes: [UInt8]
  /// By registered party.
  let peers: [PartyID: PeerKeys]
  /// Whose each seat is.
  let holders: [PartyID: PartyID]

  init(_ proposal: JobProposal, bytes: [UInt8], peers: [PartyID: PeerKeys]) {
    self.proposal = proposal
    self.bytes = bytes
    self.peers = peers
    holders = proposal.plan.holders
  }

  func peer(_ seat: PartyID) -> PeerKeys? { holders[seat].flatMap { peers[$0] } }

  var identities: [PartyID: IdentityPublicKey] {
    holders.compactMapValues { peers[$0]?.identity }
  }
}

/// Consent, and the party's parts.
extension AgentService {
  func consider(_ job: JobID, _ bytes: [UInt8]) {
    Task {
      let consent = await consent(to: job, bytes)
      let actions = machine.handle(.decided(job, consent))
      if actions.isEmpty {
        // The job was over before there was a decision: what that reserved is given back.
        proposals[job] = nil
        await site.settle(job)
      }
      carryOut(actions)
    }
  }

  private func consent(to job: JobID, _ bytes: [UInt8]) async -> Consent {
    let consent: Consent
    let submitter: String
    do throws(Failure) {
      if try await AgentDocuments.isOver(job, in: documents) {
        throw Failure("job-over", "a job '\(job)' has been here already, and is over")
      }
      let agreed = try read(job, bytes)
      submitter = try provenSubmitter(of: agreed.proposal)
      consent = await site.decide(on: agreed.proposal, at: clock.now())
      if consent.isGranted { proposals[job] = agreed }
    } catch {
      (consent, submitter) = (Consent(refusals: [error.withoutCause]), "")
    }
    await site.record(.decided(job, submitter: submitter, consent))
    return consent
  }

  /// Reads a proposal, and checks that it is whole and that each party is who it is said to be.
  private func read(_ job: JobID, _ bytes: [UInt8]) throws(Failure) -> AgentJob {
    guard let proposal = try? RecordJSON.value(JobProposal.self, bytes),
      proposal.version == JobProposal.currentVersion, proposal.job == job
    else {
      throw Failure("proposal-form", "the hub's proposal for the job '\(job)' cannot be read")
    }
    let peers = try site.peers(proposal.certificates, at: clock.now())
    for seat in proposal.plan.members where peers[seat.registered] == nil {
      throw Failure(
        "proposal-form",
        "the proposal for the job '\(job)' has no certificate of '\(seat.registered)'")
    }
    guard peers[site.party]?.identity == identity.publicKey else {
      throw Failure(
        "proposal-form",
        "the proposal for the job '\(job)' has another key of '\(site.party)' than its own")
    }
    return AgentJob(proposal, bytes: bytes, peers: peers)
  }

  /// Who has submitted a job by their own signature, whatever the hub says.
  private func provenSubmitter(of proposal: JobProposal) throws(Failure) -> String {
    let (submission, now) = (proposal.submission, clock.now())
    guard let proof = submission.proof else { throw unproven(proposal) }
    let keys = try site.asker(PartyID(submission.submitter), submission.certificate, at: now)
    guard proof.job == proposal.job,
      proof.isValid(of: proposal.plan, by: submission.submitter, keys.identity)
    else { throw unproven(proposal) }
    try proof.checkAge(at: now)
    return submission.submitter
  }

  private func unproven(_ proposal: JobProposal) -> Failure {
    Failure(
      "submission-unproven",
      "the hub cannot show that '\(proposal.submission.submitter)' has submitted the job '\(proposal.job)' as it proposes it"
    )
  }

  /// The job that an order belongs to; after a restart it is read from what was kept.
  func agreed(_ job: JobID) async throws(Failure) -> AgentJob {
    if let known = proposals[job] { return known }
    guard let bytes = try await AgentDocuments.proposal(of: job, in: documents) else {
      throw Failure("consent-missing", "the party has not agreed to the job '\(job)'")
    }
    let agreed = try read(job, bytes)
    proposals[job] = agreed
    return agreed
  }

  // MARK: Parts

  func start(_ order: StartOrder) {
    guard parts[order.key] == nil else { return }
    defer { takeEarly(of: order.key) }
    parts[order.key] = Task {
      let end = await run(order)
      lanes.close(order.key)
      carryOut(machine.handle(.ended(order.key, end)))
      lanes.wakeSenders(machine.lanes)
      await site.record(.partEnded(order.key, end))
      partEnded(order.key)
    }
  }

  private func run(_ order: StartOrder) async -> PartEnd {
    let (stream, sink) = AsyncStream.makeStream(of: PartReport.self)
    let forwarding = Task { for await report in stream { gather(report, of: order.key) } }
    let end: PartEnd
    do throws(Failure) {
      let (partOrder, agent) = try await prepare(order)
      guard
        await site.record(.partStarted(order.key, component: partOrder.task.component))
      else {
        throw Failure(
          "audit-unwritable", "'\(site.party)' cannot note what it does, and does nothing",
          isTransient: true)
      }
      let outcome = try await agent.run(partOrder) { sink.yield($0) }
      end = .succeeded(outputs: outcome.outputs, absent: outcome.absent)
    } catch {
      await site.record(.failed(order.key, error))
      end = .failed(error.withoutCause)
    }
    sink.finish()
    await forwarding.value
    tellReports(of: order.key)
    return end
  }

  /// Reports of a part are told together, some time after the first of them: each telling is a message
  /// there and another back, and a write to the hub's disk.
  private func gather(_ report: PartReport, of key: OrderKey) {
    serials[key, default: 0] += 1
    var numbered = report
    numbered.serial = serials[key]
    let count = untold[key, default: []].count
    untold[key, default: []].append(numbered)
    if count + 1 == Self.reportsAtOnce { return tellReports(of: key) }
    guard count == 0 else { return }
    Task { [clock] in
      try? await clock.sleep(until: clock.now() + Self.gathering)
      tellReports(of: key)
    }
  }

  private func tellReports(of key: OrderKey) {
    guard let reports = untold.removeValue(forKey: key) else { return }
    carryOut(machine.handle(.reported(key, reports.relayed)))
  }

  /// What the order means: task and part stand in the plan that the party agreed to.
  private func prepare(_ order: StartOrder) async throws(Failure) -> (PartOrder, PartyAgent) {
    guard takesOrders else {
      throw Failure(
        "party-unreachable", "'\(site.party)' is shutting down", isTransient: true)
    }
    let key = order.key
    let job = try await agreed(key.job)
    guard job.holders[key.part.party] == site.party,
      let task = job.proposal.plan[key.part.task],
      let part = task.parts.first(where: { $0.party == key.part.party })
    else {
      throw Failure(
        "order-unknown",
        "'\(site.party)' has no part '\(key.part.party)' in '\(key.part.task)' of the job '\(key.job)'"
      )
    }
    let partOrder = PartOrder(
      job: key.job, attempt: key.part.attempt, task: task.without(Set(order.absent)), part: part,
      inputs: order.inputs, identities: job.identities)
    return (partOrder, try agent(of: key.part.party))
  }

  private func agent(of seat: PartyID) throws(Failure) -> PartyAgent {
    PartyAgent(
      party: seat, identity: identity, catalog: site.resources.catalog,
      artifacts: try site.artifacts(of: seat), datasets: site.datasets(),
      transport: AgentTransport(agent: self), clock: clock, workers: workers)
  }

  func forget(_ job: JobID) {
    for key in parts.keys where key.job == job { parts[key]?.cancel() }
    proposals[job] = nil
    lanes.forget(job)
    endLinks(of: job)
    early = early.filter { $0.key.job != job }
    Task { await site.settle(job) }
  }

  // MARK: Questions

  func answer(_ number: UInt64, _ question: Question) {
    // On another connection the number is another question's, and this one is asked anew.
    let connection = outgoing
    beginAnswer()
    Task {
      defer { endAnswer() }
      let answers = await answers(to: question)
      for await answer in answers where outgoing === connection {
        connection?.add(.answered(number, answer))
      }
    }
  }

  private func answers(to question: Question) async -> AsyncStream<Answer> {
    let (stream, continuation) = AsyncStream.makeStream(of: Answer.self)
    do throws(Failure) {
      switch question {
      case .fingerprint(let order):
        let (partOrder, agent) = try await prepare(order)
        continuation.yield(.fingerprint(try await agent.fingerprint(partOrder)))
      case .holds(let job, let seat, let hashes):
        guard try await agreed(job).holders[seat] == site.party else {
          throw Failure(
            "order-unknown", "'\(site.party)' has no seat '\(seat)' in the job '\(job)'")
        }
        let holds = try await agent(of: seat).holds(hashes)
        if holds {
          try await AgentDocuments.noteUse(of: hashes, at: seat, by: job, in: documents)
        }
        continuation.yield(.holds(holds))
      case .artifact(let asked): try await give(asked) { continuation.yield($0) }
      }
    } catch {
      continuation.yield(.failed(error.withoutCause))
    }
    continuation.finish()
    return stream
  }

  /// Gives an artifact in sealed pieces to whoever may have it.
  private func give(
    _ asked: ArtifactQuestion, _ yield: (Answer) -> Void
  ) async throws(Failure) {
    let bytes: any ArtifactBytes
    let peer: PeerKeys
    do throws(Failure) {
      guard try await AgentDocuments.hasMade(asked.reference, at: asked.seat, in: documents) else {
        throw Failure(
          "artifact-unknown",
          "'\(site.party)' has made no \(asked.reference.kind) \(asked.reference.hash.short)")
      }
      peer = try site.asker(PartyID(asked.submitter), asked.certificate, at: clock.now())
      bytes = try await site.artifacts(of: asked.seat).get(asked.reference.hash)
      // The last thing: what it lets go stands in the party's audit log from here on.
      try await site.release(asked, at: clock.now())
    } catch {
      await site.record(.releaseRefused(asked, error))
      throw error
    }
    await site.record(.released(asked))
    var seals = LaneSeals(
      from: sealing, to: peer.sealing, context: ArtifactSealing.context(asked.reference.hash))
    yield(.piece(0, seals.opening, isLast: false))
    var number: UInt64 = 1
    for piece in bytes.withBytes({ Array($0) }).pieces(of: LaneLimits.letterBytes) {
      let isLast = piece.endIndex == bytes.byteCount
      yield(.piece(number, seals.seal(Array(piece), isLast: isLast), isLast: isLast))
      number += 1
    }
  }
}

/// What an artifact on its way to a submitter is sealed with.
public enum ArtifactSealing {
  public static func context(_ hash: ContentHash) -> [UInt8] {
    var writer = ByteWriter()
    writer.write("moira/artifact/1")
    writer.write(hash.text)
    return writer.bytes
  }
}

extension [UInt8] {
  /// Slices of at most so many bytes; one empty slice if there are none.
  func pieces(of length: Int) -> [ArraySlice<UInt8>] {
    if isEmpty { return [self[...]] }
    return stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
  }
}
