import Foundation
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime

/// A job of two hospitals that read their rows, as an honest hub plans it and any hub proposes it.
enum TwoHospitals {
  static func plan(direct: Bool = false) async throws -> Plan {
    try await YAMLPlanner().plan(
      PipelineSource(
        file: "two.yaml",
        text: """
          moira: 1
          name: two
          parties: {guest: hospital-a, host: [hospital-b]}
          conf: {direct: \(direct)}
          tasks:
            reader_0: {component: reader, parameters: {dataset: breast, id: id, label: y}}
          """, overrides: [], parties: ""))
  }

  /// - Parameters:
  ///   - inside: the job that the proposal itself names, if it is another one.
  ///   - submission: who has submitted it, and how that is shown.
  static func proposal(
    _ job: JobID, inside: JobID? = nil, _ plan: Plan, _ submission: Submission,
    _ certificates: [PartyID: [UInt8]]
  ) -> HubMessage {
    .consider(
      job,
      proposal: RecordJSON.bytes(
        JobProposal(
          job: inside ?? job, submission, plan: plan, certificates: certificates)))
  }
}
