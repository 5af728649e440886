internal import Foundation
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraProtocols

/// Sums under a Paillier key that the clients share and the arbiter does not have; see
/// `PaillierSumTerms`.
struct PaillierEncryption: SumProtection {
  private let possession: KeyPossession
  private let ground: SumGround
  private let packing: PaillierPacking
  private let encryptor: PaillierEncryptor
  /// At a client.
  private let decryptor: PaillierDecryptor?
  let patience: Duration

  /// - Throws: `protection-roster` when other parties take part than have the key, `artifact-corrupt`.
  init(
    _ keys: ProtectionKeys, _ possession: KeyPossession, _ ground: SumGround
  ) throws(Failure) {
    guard possession.roster.parties == ground.clients else {
      throw Failure(
        "protection-roster",
        "the Paillier key of '\(keys.task)' is of \(possession.roster.parties.map(\.text).joined(separator: ", ")), but \(ground.clients.map(\.text).joined(separator: ", ")) take part here",
        hint: "let the encryptor run at the same parties; a party that was lost is missing for good"
      )
    }
    do {
      guard let paillier = keys.paillier,
        let packing = PaillierPacking(slotBits: paillier.slotBits)
      else { throw PaillierRefusal.terms(.otherKeys) }
      self.packing = packing
      encryptor = PaillierEncryptor(try PaillierPublicKey(Array(paillier.modulus)))
      decryptor = try paillier.secret.map {
        PaillierDecryptor(try PaillierPrivateKey(secretBytes: Array($0)))
      }
    } catch {
      throw Failure(
        "artifact-corrupt", "the keys of '\(keys.task)' cannot be read", cause: "\(error)")
    }
    self.possession = possession
    self.ground = ground
    patience = keys.patience
  }

  var leastSummed: Int { ground.clients.count }

  var summary: String {
    let (bits, count) = (encryptor.key.bits, ground.clients.count)
    return
      "paillier: \(bits)-bit key of \(count) parties, \(packing.slots(bits: bits)) slots of \(packing.slotBits) bits; "
      + "the arbiter sees sums only, unless it colludes with one of the \(count) parties, or decrypts what it likes: it must follow the protocol"
  }

  func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords {
    guard noise == nil else { throw noSumForNoise(.paillier) }
    let label = possession.label(label, in: task)
    do {
      let terms = try PaillierSumTerms(
        label, count: count, key: encryptor.key, packing: packing, roster: possession.roster,
        aggregator: ground.arbiter)
      var generator = SystemSecureGenerator()
      guard let words, let decryptor else {
        let aggregator = try PaillierSumAggregator(
          terms: terms, encryptor: encryptor, generator: generator, workers: task.workers)
        let sum = try await drive(aggregator, patience: patience, in: task)
        for client in ground.clients { try await task.send(SumClosed(), to: client) }
        return sum
      }
      let client = try PaillierSumClient(
        task.party, terms: terms, words: words, encryptor: encryptor, decryptor: decryptor,
        using: &generator, workers: task.workers)
      let sum = try await drive(client, with: ground.arbiter, in: task)
      // A client that has its total could be a sum ahead of others whose word is still awaited.
      _ = try await task.receive(SumClosed.self, from: ground.arbiter)
      return sum
    } catch let refusal as PaillierRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }
}

/// The arbiter has everybody's word: the next sum may begin.
private struct SumClosed: WireMessage {
  init() {}
  init(from reader: inout ByteReader) throws(WireError) {}
  func encode(into writer: inout ByteWriter) {}
}

extension PaillierEncryption {
  /// Sets up the key of all: the holder makes it, and every client gets it and checks it.
  ///
  /// - Returns: nil for the secret at the arbiter.
  static func setUp(
    _ possession: KeyPossession, keyLength: Int, holder: PartyID?, patience: Duration,
    in task: some TaskContext, arbiter: PartyID
  ) async throws -> (modulus: [UInt8], secret: [UInt8]?) {
    do {
      let terms = try PaillierKeyTerms(
        roster: possession.roster, aggregator: arbiter, holder: holder, keyLength: keyLength)
      guard let keys = possession.keys else {
        let key = try await drive(
          PaillierKeyAggregator(terms: terms), patience: patience, in: task)
        return (key.bytes, nil)
      }
      var generator = SystemSecureGenerator()
      let client = try PaillierKeyClient(task.party, terms: terms, keys: keys, using: &generator)
      let key = try await drive(client, with: arbiter, in: task)
      return (key.publicKey.bytes, key.exportSecretBytes())
    } catch let refusal as PaillierRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }
}
