import MoiraCrypto
import MoiraModel
import MoiraRuntime
import MoiraStorage
import MoiraWire

/// The paths of a member's folder.
struct PartyHome: Sendable {
  let path: String

  var keys: MemberFolder { MemberFolder("\(path)/\(MemberFolder.name)") }

  /// The member's own keys, and whom it believes.
  ///
  /// - Throws: what a member's folder throws.
  func credentials(
    _ clock: some WallClock
  ) throws(Failure) -> (identity: IdentityKeyPair, trust: MemberTrust) {
    let identity = try IdentityFile.key(at: keys.identityFile)
    let credentials = try keys.credentials(identity: identity.publicKey, at: clock.now())
    return (identity, MemberTrust(credentials, clock: clock))
  }

  /// Artifacts by seat, as below the home of a machine's own jobs.
  var state: Home { Home(path: "\(path)/state") }
  /// What the agent must not forget.
  var database: String { state.agentDatabase }
  var audit: String { "\(path)/state/audit.jsonl" }
}
