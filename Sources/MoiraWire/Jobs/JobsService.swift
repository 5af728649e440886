internal import Foundation
internal import GRPCCore
internal import MoiraModel
internal import MoiraRuntime
internal import SwiftProtobuf

/// The hub's answers to submitters. Whoever has a certificate of the consortium may ask; what a job
/// may do is for its parties to say.
struct JobsService: Moira_V1_Jobs.SimpleServiceProtocol {
  let hub: HubService
  let trust: MemberTrust
  let log: HubLog

  func submit(
    request: Moira_V1_SubmitRequest, context: ServerContext
  ) async throws -> Moira_V1_SubmitReply {
    try await refusing(log, from: "a submitter") {
      let member = try PeerIdentity.member(of: context, trust)
      let asked = try WireJSON.value(JobRequest.self, request.request)
      let job = try await hub.submit(asked, by: try PeerIdentity.entry(member, of: context))
      log.submitted(job, by: member.id)
      return .with { $0.job = job.text }
    }
  }

  func stop(
    request: Moira_V1_StopJobRequest, context: ServerContext
  ) async throws -> Moira_V1_StopJobReply {
    try await refusing(log, from: "a submitter") {
      let member = try PeerIdentity.member(of: context, trust)
      let why = request.reason.isEmpty ? "" : ": \(request.reason)"
      try await hub.stop(
        JobID(request.job), reason: "stopped by \(member.id)\(why)", by: member.id)
      return Moira_V1_StopJobReply()
    }
  }

  func watch(
    request: Moira_V1_JobName, response: RPCWriter<Moira_V1_JobUpdate>, context: ServerContext
  ) async throws {
    try await refusing(log, from: "a submitter") {
      let member = try PeerIdentity.member(of: context, trust)
      for await update in try await hub.updates(of: JobID(request.job)) {
        try trust.check(member)
        try await response.write(.with { $0.update = WireJSON.bytes(update) })
      }
    }
  }

  func list(
    request: Moira_V1_ListRequest, response: RPCWriter<Moira_V1_JobRecord>, context: ServerContext
  ) async throws {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      let count = request.hasLatest ? Int(clamping: request.latest) : nil
      for record in try await hub.store.records(latest: count) {
        try await response.write(await reply(record))
      }
    }
  }

  func ids(
    request: Moira_V1_IdsRequest, context: ServerContext
  ) async throws -> Moira_V1_IdsReply {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      let ids = try await hub.store.ids()
      return .with { $0.jobs = ids.map(\.text) }
    }
  }

  func record(
    request: Moira_V1_JobName, context: ServerContext
  ) async throws -> Moira_V1_JobRecord {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      guard let record = try await hub.store.record(of: JobID(request.job)) else { return .init() }
      return await reply(record)
    }
  }

  private func reply(_ record: JobRecord) async -> Moira_V1_JobRecord {
    let standing = await hub.standing(of: record.id)
    return .with {
      $0.record = WireJSON.bytes(record)
      if let standing { $0.standing = standing }
    }
  }

  func journal(
    request: Moira_V1_JobName, response: RPCWriter<Moira_V1_JournalEntry>, context: ServerContext
  ) async throws {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      for entry in try await hub.store.journal(of: JobID(request.job)) {
        try await response.write(.with { $0.entry = WireJSON.bytes(entry) })
      }
    }
  }

  func reports(
    request: Moira_V1_ReportsRequest, response: RPCWriter<Moira_V1_NumberedReport>,
    context: ServerContext
  ) async throws {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      let after = Int(clamping: request.after)
      for one in try await hub.store.reports(of: JobID(request.job), after: after) {
        try await response.write(
          .with {
            $0.number = UInt64(one.number)
            $0.report = WireJSON.bytes(one.report)
          })
      }
    }
  }

  func parties(
    request: Moira_V1_PartiesRequest, context: ServerContext
  ) async throws -> Moira_V1_PartiesReply {
    try await refusing(log, from: "a submitter") {
      _ = try PeerIdentity.member(of: context, trust)
      let parties = await hub.parties()
      return .with { $0.parties = WireJSON.bytes(parties) }
    }
  }

  func artifact(
    request: Moira_V1_ArtifactRequest, response: RPCWriter<Moira_V1_SealedPiece>,
    context: ServerContext
  ) async throws {
    try await refusing(log, from: "a submitter") {
      let member = try PeerIdentity.member(of: context, trust)
      let submitter = try PeerIdentity.entry(member, of: context)
      let asked = MoiraRuntime.ArtifactRequest(
        job: JobID(request.job), seat: PartyID(request.seat), task: TaskID(request.task),
        reference: request.reference.value)
      for try await piece in try await hub.artifact(asked, for: submitter) {
        try await response.write(.with { $0.sealed = Data(piece) })
      }
    }
  }
}
