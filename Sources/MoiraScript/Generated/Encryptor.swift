// swift-format-ignore-file
// Made by 'moira generate'.

/// Establishes the protection that later tasks use, and hands them its keys.
public struct Encryptor: ScriptStep {
  public let task: ScriptTask

  /// Keys and roster, for the tasks that send values to be added up.
  public var protection: ScriptWire { task.output("protection") }

  /// - Parameters:
  ///   - method: How values are hidden from the arbiter: by masks that cancel in the sum, by shares dealt out among the clients, by a Paillier key that the arbiter lacks, by a secret orthogonal map (algebraic: obfuscation only), or not at all.
  ///   - threshold: How many clients together can tell a value, more than half of them. secure_aggregation: as many must stay in a round; empty for two thirds and one. secret_sharing: Shamir's; empty for all (additive).
  ///   - mode: secure_aggregation: whether it holds against an arbiter that lies about who survived a round (active), or only against one that follows the protocol.
  ///   - roundTimeout: Seconds for which the arbiter waits for a silent party before it goes on without it, if enough are left.
  ///   - keyLength: paillier: bits of the modulus: 2048, 3072 or 4096.
  ///   - slotBits: paillier: bits of a slot, of which a ciphertext holds as many as fit; fewer bits, more slots, and smaller values.
  ///   - keyHolder: paillier: the party that makes the key; empty for the first by id.
  ///   - acceptObfuscation: algebraic: whether it will do that values are obfuscated only, and not protected.
  public init(
    _ taskID: String,
    method: String? = nil,
    threshold: Int? = nil,
    mode: String? = nil,
    roundTimeout: Double? = nil,
    keyLength: Int? = nil,
    slotBits: Int? = nil,
    keyHolder: String? = nil,
    acceptObfuscation: Bool? = nil
  ) {
    task = ScriptTask(
      taskID, "encryptor",
      [],
      [("method", method), ("threshold", threshold), ("mode", mode), ("round_timeout", roundTimeout), ("key_length", keyLength), ("slot_bits", slotBits), ("key_holder", keyHolder), ("accept_obfuscation", acceptObfuscation)])
  }
}
