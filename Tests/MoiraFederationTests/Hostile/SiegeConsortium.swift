import Foundation
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim

@testable import MoiraWire

/// A consortium in a temporary folder, whose members live in this process.
final class SiegeConsortium: Sendable {
  let folder: String
  let authority: ConsortiumAuthority
  let clock = SystemClock()

  init(_ name: String = "siege") throws {
    folder = NSTemporaryDirectory() + "moira-siege-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Begun a while ago, so that members may have expired.
    authority = try ConsortiumAuthority.create(
      named: name, in: folder + "/consortium", at: Self.monthAgo(clock.now()))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func monthAgo(_ now: Instant) -> Instant {
    Instant(milliseconds: now.milliseconds - 30 * 86_400_000)
  }

  /// - Parameters:
  ///   - hosts: where it is dialled.
  ///   - isExpired: whether its certificate has been over for some weeks.
  func member(
    _ id: PartyID, _ kind: MemberKind = .party, hosts: [String] = [], isExpired: Bool = false
  ) throws -> SiegeMember {
    let keys = MemberFolder("\(folder)/\(kind.rawValue)-\(id)-\(UUID().uuidString)")
    try keys.make()
    var generator = SystemSecureGenerator()
    let identity = IdentityKeyPair(using: &generator)
    let request = try keys.request(
      id, kind, hosts: hosts.compactMap { MemberHost($0) }, identity: identity)
    let now = isExpired ? Self.monthAgo(clock.now()) : clock.now()
    let validity = isExpired ? Duration.seconds(86_400) : ConsortiumAuthority.validity
    try keys.install(authority.admit(request, validity: validity, at: now))
    let credentials = try keys.credentials(identity: identity.publicKey, at: now)
    return SiegeMember(
      id: id, identity: identity, keys: keys, trust: MemberTrust(credentials, clock: clock))
  }
}

struct SiegeMember: Sendable {
  let id: PartyID
  let identity: IdentityKeyPair
  let keys: MemberFolder
  let trust: MemberTrust

  var certificate: [UInt8] { trust.credentials.certificateDER }
  var hubMember: HubMember {
    HubMember(
      id: id, certificate: certificate, identity: identity.publicKey,
      validUntil: trust.credentials.member.notAfter)
  }

  /// What it submits of a pipeline, as its own machine would.
  func request(_ text: String, file: String) async throws -> JobRequest {
    let source = PipelineSource(file: file, text: text, overrides: [], parties: "")
    return try JobRequest(
      source, planned: try await YAMLPlanner().plan(source), by: id.text, at: SystemClock().now(),
      signing: identity)
  }

  /// Its word for a job, as a hub shows it.
  func submission(
    _ job: JobID, of plan: Plan, at now: Instant = SystemClock().now()
  ) -> Submission {
    Submission(
      submitter: id.text,
      proof: SubmissionProof(job, of: plan, by: id.text, at: now, signing: identity),
      certificate: certificate)
  }
}
