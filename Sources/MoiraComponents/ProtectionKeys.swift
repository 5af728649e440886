public import Foundation
internal import MoiraCrypto
public import MoiraKit
public import MoiraModel

/// What an encryptor leaves at each party: the method, the roster of public keys and, at a client,
/// its own secret key.
///
/// It never leaves the party; `isSecret` keeps it from everybody but the agent.
public struct ProtectionKeys: JSONArtifact {
  public static let kind = ArtifactKind.protection
  public static let schemaVersion = 1
  public static let isSecret = true

  /// One party's public mask key.
  public struct Entry: Codable, Sendable {
    public let party: PartyID
    public let key: Data
  }

  public let method: ProtectionMethod
  /// Of Shamir's sharing; nil for additive shares, and for other methods.
  public let threshold: Int?
  public let job: JobID
  public let task: TaskID
  public let attempt: Int
  public let party: PartyID
  /// Empty when the method has no keys.
  public let roster: [Entry]
  /// The party's own X25519 secret; nil at the arbiter.
  public let secret: Data?

  var scope: TaskScope { TaskScope(job: job, task: task, attempt: attempt) }
}
