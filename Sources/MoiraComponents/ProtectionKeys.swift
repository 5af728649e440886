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
  /// Of Shamir's sharing, or of the secrets behind masks; nil for additive shares, for the default of
  /// masks, and for other methods.
  public let threshold: Int?
  /// Nil in keys of before there was a choice: active.
  public let mode: AggregationMode?
  /// Seconds; nil for the default.
  public let roundTimeout: Double?
  public let job: JobID
  public let task: TaskID
  public let attempt: Int
  public let party: PartyID
  /// Empty when the method has no keys.
  public let roster: [Entry]
  /// The party's own X25519 secret; nil at the arbiter.
  public let secret: Data?
  /// With `paillier`.
  public var paillier: PaillierKeys? = nil

  /// The key of all clients, and how words are packed under it.
  public struct PaillierKeys: Codable, Sendable {
    public let modulus: Data
    /// Both primes; nil at the arbiter.
    public let secret: Data?
    public let slotBits: Int
  }

  /// How long it is waited for silent parties.
  var patience: Duration { .seconds(roundTimeout ?? 60) }

  var scope: TaskScope { TaskScope(job: job, task: task, attempt: attempt) }
}
