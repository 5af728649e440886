internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraProtocols

/// Sums of vectors that the clients have turned by a secret random orthogonal map: **obfuscation, not
/// protection**; see `OrthogonalTransform` for what breaks it.
///
/// 1. Once a task, the first client gives all others a seed that the arbiter does not know.
/// 2. In every sum each client turns its words, cut in two halves so that nothing is lost to rounding,
///    by a map drawn from the seed and the sum's label, and sends them in clear. The arbiter adds up and
///    sends the sum to all.
/// 3. The clients turn the sum back. The first one tells it to the arbiter, which steers by it.
///
/// The sum is that of plain fixed-point numbers, bit by bit; an upload has 16 bytes an element.
struct AlgebraicObfuscation: SumProtection {
  private let ground: SumGround
  /// At a client.
  private let seed: MaskSeed?
  let patience: Duration

  /// - Throws: `protocol-violation`.
  init(
    _ possession: KeyPossession, _ ground: SumGround, patience: Duration,
    in task: some TaskContext
  ) async throws {
    self.ground = ground
    self.patience = patience
    do {
      let terms = try SecretDealTerms(
        scope: ground.scope, clients: ground.clients, aggregator: ground.arbiter,
        setup: possession.roster)
      guard let keys = possession.keys else {
        _ = try await drive(SecretDealAggregator(terms: terms), in: task)
        seed = nil
        return
      }
      var generator = SystemSecureGenerator()
      let client = try SecretDealClient(task.party, terms: terms, keys: keys, using: &generator)
      seed = try await drive(client, with: ground.arbiter, in: task)
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    }
  }

  var leastSummed: Int { ground.clients.count }

  var summary: String {
    "obfuscation, not protection: a secret orthogonal map among \(ground.clients.count) parties; the "
      + "arbiter sees norms and angles of every party's values, and reads them all with a few known ones "
      + "or with one party's help"
  }

  func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords {
    guard noise == nil else { throw noSumForNoise(.algebraic) }
    do {
      let terms = try PlainSumTerms(
        label, count: 2 * count, clients: ground.clients, aggregator: ground.arbiter)
      guard let words, let seed else {
        _ = try await drive(PlainSumAggregator(terms: terms), patience: patience, in: task)
        let told = try await task.receive(ToldTotal.self, from: ground.clients[0])
        return SummedWords(words: told.words, parties: ground.clients)
      }
      let map = Map(seed, label, count: count)
      let client = try PlainSumClient(
        task.party, terms: terms, words: try map.turned(words, at: task.party))
      let sum = try await drive(client, with: ground.arbiter, in: task)
      let total = try map.turnedBack(sum.words, at: task.party)
      if task.party == ground.clients[0] {
        try await task.send(ToldTotal(words: total), to: ground.arbiter)
      }
      return SummedWords(words: total, parties: sum.parties)
    } catch let refusal as ProtocolRefusal {
      throw refusal.failure
    } catch let refusal as SecureSumRefusal {
      throw refusal.failure
    }
  }

  /// The map of one sum, for two halves of every word.
  private struct Map {
    /// Of the lower half; the upper one has the rest.
    private static let lowBits = 30
    /// Fraction bits with which turned values are rounded.
    private static let fractionBits = 12

    private let transform: OrthogonalTransform?

    init(_ seed: MaskSeed, _ label: MaskLabel, count: Int) {
      var generator = BufferedSecureGenerator(seed: seed.derived(for: label))
      transform =
        count > 0 ? OrthogonalTransform(dimension: 2 * count, using: &generator) : nil
    }

    /// Twice as many words.
    func turned(_ words: [UInt64], at party: PartyID) throws(Failure) -> [UInt64] {
      let whole = words.map { Int64(bitPattern: $0) }
      let high = whole.map { Double(($0 + 1 << (Self.lowBits - 1)) >> Self.lowBits) }
      let low = zip(whole, high).map { Double($0 - Int64($1) << Self.lowBits) }
      let turned = transform?.apply(to: high + low) ?? []
      let unit = Double(1 << Self.fractionBits)
      return try turned.map { (value) throws(Failure) in
        guard let rounded = Int64(exactly: (value * unit).rounded()) else {
          throw outOfRange(party)
        }
        return UInt64(bitPattern: rounded)
      }
    }

    /// The sum of the words, exact: what rounding has added is far below one half.
    func turnedBack(_ words: [UInt64], at party: PartyID) throws(Failure) -> [UInt64] {
      let unit = Double(1 << Self.fractionBits)
      let values = transform?.undo(words.map { Double(Int64(bitPattern: $0)) / unit }) ?? []
      let count = values.count / 2
      return try (0..<count).map { (place) throws(Failure) in
        let high = try whole(values[place], party)
        return UInt64(bitPattern: high << Self.lowBits &+ (try whole(values[count + place], party)))
      }
    }

    private func whole(_ value: Double, _ party: PartyID) throws(Failure) -> Int64 {
      let rounded = value.rounded()
      guard abs(value - rounded) < 0.25, let whole = Int64(exactly: rounded) else {
        throw outOfRange(party)
      }
      return whole
    }

    private func outOfRange(_ party: PartyID) -> Failure {
      Failure(
        "sum-out-of-range", "a vector turned at \(party) must keep within 64 bits, but does not",
        hint: "scale the features, or use a 'method' that protects")
    }
  }
}

/// The first client tells the arbiter the sum that the arbiter cannot read itself.
struct ToldTotal: WireMessage {
  let words: [UInt64]

  init(words: [UInt64]) { self.words = words }
  init(from reader: inout ByteReader) throws(WireError) { words = try reader.words() }
  func encode(into writer: inout ByteWriter) { writer.write(words) }
}
