internal import MoiraCrypto
internal import MoiraModel

/// A client's secrets for one round, and the offer that tells the others what they need of them.
struct RoundSecrets: Sendable {
  let keyPair: MaskKeyPair
  /// bᵢ, from which the client's own mask grows.
  let seed: MaskSeed
  /// The client's own shares of its own two secrets.
  let ownShares: HeldShares
  let offer: RoundOffer

  /// Draws a key and a seed, splits, seals and signs.
  init(
    _ ground: SecureSumGround, round: Int, using generator: inout some RandomNumberGenerator
  ) throws(SecureSumRefusal) {
    let terms = ground.terms
    let keyPair = MaskKeyPair(using: &generator)
    let seed = MaskSeed(random: &generator)
    let dealt = try Self.split(terms, seed, keyPair, by: ground.own, using: &generator)
    let commitment = terms.commitment(to: seed.secretBytes, of: ground.own, round: round)
    let key = keyPair.publicKey.bytes
    let context = terms.sealContext(round: round, key: key, commitment: commitment)
    let sealed = try Self.seal(dealt, ground, context, using: &generator)
    let statement = terms.offerStatement(
      ground.own, round: round, key: key, commitment: commitment)
    self.keyPair = keyPair
    self.seed = seed
    guard let own = dealt.first(where: { $0.holder == ground.own })?.shares else {
      throw .terms(.notAClient(ground.own))
    }
    ownShares = own
    offer = RoundOffer(
      round: round, key: key, commitment: commitment,
      signature: ground.identity.sign(statement), shares: sealed)
  }

  private static func split(
    _ terms: SecureSumTerms, _ seed: MaskSeed, _ keyPair: MaskKeyPair, by own: PartyID,
    using generator: inout some RandomNumberGenerator
  ) throws(SecureSumRefusal) -> [(holder: PartyID, shares: HeldShares)] {
    let holders = terms.graph.neighbourhood(of: own)
    do throws(ShamirError) {
      let shamir = try ShamirShares(threshold: terms.threshold, parties: holders.count)
      let seeds = try shamir.split(seed.secretBytes, using: &generator)
      let keys = try shamir.split(keyPair.exportSecretBytes(), using: &generator)
      return holders.indices.map {
        (holder: holders[$0], shares: HeldShares(seed: seeds[$0], key: keys[$0]))
      }
    } catch {
      throw .terms(.thresholdOutOfRange(terms.threshold, parties: holders.count))
    }
  }

  private static func seal(
    _ dealt: [(holder: PartyID, shares: HeldShares)], _ ground: SecureSumGround,
    _ context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(SecureSumRefusal) -> [[UInt8]] {
    var sealed: [[UInt8]] = []
    for (holder, shares) in dealt where holder != ground.own {
      do throws(ShareSealError) {
        sealed.append(
          try ground.seals.seal(shares.bytes, for: holder, context: context, using: &generator))
      } catch {
        throw .terms(.otherKeys)
      }
    }
    return sealed
  }
}

/// One holder's shares of a dealer's two secrets: of which it gives away one at the most.
struct HeldShares: Sendable {
  static let byteCount = 2 * SecretShare.byteCount

  let seed: SecretShare
  let key: SecretShare

  init(seed: SecretShare, key: SecretShare) {
    self.seed = seed
    self.key = key
  }

  /// - Parameter point: Which both must have.
  /// - Throws: `ShamirError`; `otherPoints`.
  init(bytes: [UInt8], point: Int) throws(ShamirError) {
    seed = try SecretShare(bytes: Array(bytes.prefix(SecretShare.byteCount)))
    key = try SecretShare(bytes: Array(bytes.dropFirst(SecretShare.byteCount)))
    guard seed.point == point, key.point == point else { throw .otherPoints }
  }

  var bytes: [UInt8] { seed.bytes + key.bytes }
}

extension HeldShares: CustomStringConvertible, CustomReflectable {
  var description: String { "HeldShares(hidden)" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
