internal import Foundation
internal import GRPCCore
public import MoiraModel
public import MoiraRuntime
public import MoiraSchedule
internal import SwiftProtobuf

/// A hub's jobs, to be read as if they lay here; nothing is written through it.
public struct HubJobStore: JobStore {
  private let client: HubClient

  public init(_ client: HubClient) { self.client = client }

  public func record(of job: JobID) async throws(Failure) -> JobRecord? {
    let reply = try await client.jobs { try await $0.record(.with { $0.job = job.text }) }
    return reply.record.isEmpty ? nil : try WireJSON.value(JobRecord.self, reply.record)
  }

  public func ids() async throws(Failure) -> [JobID] {
    try await client.jobs { try await $0.ids(.init()).jobs.map { JobID($0) } }
  }

  public func records(latest count: Int?) async throws(Failure) -> [JobRecord] {
    try await client.jobs { client in
      try await client.list(
        .with { request in
          if let count { request.latest = UInt32(clamping: count) }
        }
      ) { response in
        var records: [JobRecord] = []
        for try await one in response.messages {
          records.append(try WireJSON.value(JobRecord.self, one.record))
        }
        return records
      }
    }
  }

  public func unfinished() async throws(Failure) -> [JobID] {
    try await records().filter { $0.ended == nil }.map(\.id)
  }

  public func journal(of job: JobID) async throws(Failure) -> [JournalEntry] {
    try await client.jobs { client in
      try await client.journal(.with { $0.job = job.text }) { response in
        var entries: [JournalEntry] = []
        for try await one in response.messages {
          entries.append(try WireJSON.value(JournalEntry.self, one.entry))
        }
        return entries
      }
    }
  }

  public func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport] {
    try await client.jobs { client in
      try await client.reports(
        .with {
          $0.job = job.text
          $0.after = UInt64(clamping: after)
        }
      ) { response in
        var reports: [NumberedReport] = []
        for try await one in response.messages {
          let report = try WireJSON.value(PartReport.self, one.report)
          reports.append(NumberedReport(number: Int(clamping: one.number), report: report))
        }
        return reports
      }
    }
  }

  // MARK: What is the hub's own to write

  private var readOnly: Failure {
    Failure("internal-error", "the jobs of a hub are written by the hub alone")
  }

  public func create(_ record: JobRecord) async throws(Failure) { throw readOnly }
  public func append(
    _ entries: [JournalEntry], made: [ReuseNote], to job: JobID
  ) async throws(Failure) { throw readOnly }
  public func conclude(_ job: JobID, _ state: JobState, at: Instant) async throws(Failure) {
    throw readOnly
  }
  public func reopen(_ job: JobID) async throws(Failure) { throw readOnly }
  public func add(_ reports: [PartReport], to job: JobID) async throws(Failure) { throw readOnly }
  public func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]? {
    nil
  }
  public func remove(_ job: JobID) async throws(Failure) { throw readOnly }
}
