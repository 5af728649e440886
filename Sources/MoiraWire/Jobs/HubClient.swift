internal import Foundation
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
public import MoiraCrypto
public import MoiraModel
public import MoiraRuntime
internal import MoiraSchedule
internal import SwiftProtobuf

/// What a submitter asks of a hub.
public struct HubClient: Sendable {
  let address: HubAddress
  let trust: MemberTrust

  public init(_ address: HubAddress, trust: MemberTrust) {
    self.address = address
    self.trust = trust
  }

  /// - Throws: what the hub said; `hub-cut` if it was reached and was gone before it had answered;
  ///   `hub-unreachable`, or `certificate-expired`, ... where the member's own certificate is why.
  func jobs<Result: Sendable>(
    _ body:
      @Sendable @escaping (Moira_V1_Jobs.Client<HTTP2ClientTransport.Posix>) async throws ->
      Result
  ) async throws(Failure) -> Result {
    let channel = HubChannel(address, trust)
    do {
      return try await channel.call { try await body(Moira_V1_Jobs.Client(wrapping: $0)) }
    } catch let failure as Failure {
      guard failure.code == "hub-unreachable" else { throw failure }
      // A handshake does not say why it was refused.
      try trust.check(trust.credentials.member)
      throw channel.isLetIn ? cut(failure.cause) : failure
    } catch {
      throw cut("\(error)")
    }
  }

  private func cut(_ cause: String?) -> Failure {
    Failure(
      "hub-cut", "the hub '\(address)' was reached, and was gone before it had answered",
      hint: "what it was asked for may have been done: 'moira jobs' tells", cause: cause,
      isTransient: true)
  }

  public func submit(_ request: JobRequest) async throws(Failure) -> JobID {
    let bytes = WireJSON.bytes(request)
    return try await jobs { JobID(try await $0.submit(.with { $0.request = bytes }).job) }
  }

  /// Submits, and hands in what the job tells over the same connection, until it ends or the hub goes.
  ///
  /// - Parameter taken: told of the job's id as soon as the hub has it; what is thrown before is why it has not.
  public func submit(
    _ request: JobRequest, taken: @Sendable @escaping (JobID) -> Void,
    watching take: @Sendable @escaping (JobUpdate) async -> Void
  ) async throws(Failure) {
    let bytes = WireJSON.bytes(request)
    try await jobs { client in
      let job = try await client.submit(.with { $0.request = bytes }).job
      taken(JobID(job))
      try await Self.watch(JobID(job), of: client, take)
    }
  }

  public func stop(_ job: JobID, reason: String) async throws(Failure) {
    _ = try await jobs {
      try await $0.stop(
        .with {
          $0.job = job.text
          $0.reason = reason
        })
    }
  }

  /// Hands in what the job tells until it ends, or the hub goes.
  public func watch(
    _ job: JobID, _ take: @Sendable @escaping (JobUpdate) async -> Void
  ) async throws(Failure) {
    try await jobs { try await Self.watch(job, of: $0, take) }
  }

  private static func watch(
    _ job: JobID, of client: Moira_V1_Jobs.Client<HTTP2ClientTransport.Posix>,
    _ take: @Sendable @escaping (JobUpdate) async -> Void
  ) async throws {
    try await client.watch(.with { $0.job = job.text }) { response in
      for try await one in response.messages {
        await take(try WireJSON.value(JobUpdate.self, one.update))
      }
    }
  }

  public func parties() async throws(Failure) -> [HubService.PartyStanding] {
    let bytes = try await jobs { try await $0.parties(.init()).parties }
    return try WireJSON.value([HubService.PartyStanding].self, bytes)
  }

  /// Why a job has not begun, in words.
  public func standing(of job: JobID) async throws(Failure) -> String? {
    let reply = try await jobs { try await $0.record(.with { $0.job = job.text }) }
    return reply.hasStanding ? reply.standing : nil
  }

  /// The bytes of an artifact that its party lets go, opened with the submitter's own key.
  ///
  /// - Parameter peer: the sealing key of the party that holds the seat.
  public func artifact(
    _ request: MoiraRuntime.ArtifactRequest, sealedBy peer: SealingPublicKey,
    for own: SealingKeyPair
  ) async throws(Failure) -> [UInt8] {
    let pieces = try await jobs { client in
      try await client.artifact(
        .with {
          $0.job = request.job.text
          $0.seat = request.seat.text
          $0.task = request.task.text
          $0.reference = .init(request.reference)
        }
      ) { response in
        var pieces: [[UInt8]] = []
        for try await one in response.messages { pieces.append(Array(one.sealed)) }
        return pieces
      }
    }
    guard let opening = pieces.first,
      var opener = LaneOpener(
        opening, from: peer, to: own, context: ArtifactSealing.context(request.reference.hash))
    else { throw Self.broken }
    var bytes: [UInt8] = []
    for (place, piece) in pieces.dropFirst().enumerated() {
      guard let opened = opener.open(piece, isLast: place == pieces.count - 2) else {
        throw Self.broken
      }
      bytes += opened
    }
    guard sha256(bytes) == request.reference.hash else { throw Self.broken }
    return bytes
  }

  private static let broken = Failure(
    "artifact-corrupt", "what came is not the artifact that was asked for")
}
