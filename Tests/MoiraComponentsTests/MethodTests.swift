import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraProtocols
import Testing

@testable import MoiraComponents

/// Every way of protecting gives the same model, and hides what it says.
@Suite("Methods of protection")
struct MethodTests {
  static let methods: [[(String, ConfigValue)]] = [
    [("method", .string("secure_aggregation"))],
    [("method", .string("secure_aggregation")), ("mode", .string("passive"))],
    [("method", .string("secret_sharing"))],
    [("method", .string("secret_sharing")), ("threshold", .int(2))],
    [("method", .string("algebraic")), ("accept_obfuscation", .bool(true))],
    [("method", .string("none"))],
    [("method", .string("paillier")), ("key_length", .int(2048))],
  ]

  private func train(
    _ method: [(String, ConfigValue)], _ rows: PooledRows
  ) async throws -> (bench: PartBench, model: LogisticModel) {
    let bench = PartBench(clients: 3)
    var inputs = try await bench.run(Encryptor.self, method)
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
    let outputs = try await bench.run(
      HomoLR.self, [("epochs", .int(5)), ("learning_rate", .double(0.7))], inputs: inputs)
    let model = try bench.get(
      LogisticModel.self, outputs["hospital-b"]?["model"], at: "hospital-b")
    return (bench, model)
  }

  @Test(
    "gives the model of unprotected fixed-point numbers, bit for bit",
    arguments: [0, 1, 2, 3, 4, 6])
  func sameBits(place: Int) async throws {
    let rows = PooledRows(seed: 71)
    let plain = try await train(Self.methods[5], rows).model
    let model = try await train(Self.methods[place], rows).model
    #expect(model.parameters == plain.parameters)
    #expect(model.history.map(\.trainLoss) == plain.history.map(\.trainLoss))
  }

  @Test("what an algebraic map sends is not what it stands for, but has its length")
  func algebraicShowsNorms() async throws {
    let rows = PooledRows(seed: 72)
    let (bench, _) = try await train(Self.methods[4], rows)
    let (plainBench, _) = try await train(Self.methods[5], rows)
    func uploads(_ bench: PartBench) async -> [[UInt64]] {
      await bench.mail.sent.compactMap { message in
        guard message.from == "hospital-a",
          case .upload(let header, let words)? = try? PlainSumMessage(wireBytes: message.bytes),
          header.tensor == "model"
        else { return nil }
        return words
      }
    }
    let (turned, plain) = (await uploads(bench), await uploads(plainBench))
    #expect(turned.count == plain.count && !turned.isEmpty)
    for (one, other) in zip(turned, plain) {
      #expect(one.count == 2 * other.count)
      #expect(Set(one).intersection(other.filter { $0 != 0 }).isEmpty)
      // 2¹² units of the halves, whose squares add up to no more than the words' own.
      let length = norm(one) / 4096
      #expect(abs(length - halvesNorm(other)) < 1e-3 * length)
    }
  }

  private func norm(_ words: [UInt64]) -> Double {
    words.reduce(0) { $0 + Double(Int64(bitPattern: $1)) * Double(Int64(bitPattern: $1)) }
      .squareRoot()
  }

  private func halvesNorm(_ words: [UInt64]) -> Double {
    var squares = 0.0
    for word in words {
      let whole = Int64(bitPattern: word)
      let high = (whole + 1 << 29) >> 30
      let low = whole - high << 30
      squares += Double(high) * Double(high) + Double(low) * Double(low)
    }
    return squares.squareRoot()
  }

  @Test("the seed of an algebraic map does not go to the arbiter in clear")
  func sealedSeed() async throws {
    let rows = PooledRows(seed: 73)
    let (bench, _) = try await train(Self.methods[4], rows)
    var deals = 0
    for message in await bench.mail.sent where message.to == "hub" {
      guard case .deal(_, let sealed)? = try? SecretDealMessage(wireBytes: message.bytes) else {
        continue
      }
      deals += 1
      #expect(sealed.count == 2 && sealed[0] != sealed[1])
      #expect(sealed.allSatisfy { $0.count == MaskSeed.byteCount + PairSeals.overhead })
    }
    #expect(deals == 1)
  }

  @Test("what does not go together is found before anything runs")
  func findings() {
    #expect(
      MoiraComponentsTests.findings(Encryptor.self, [("method", .string("algebraic"))]) == [
        "method: 'method: algebraic' obfuscates values and does not protect them, so it must not be the only protection"
      ])
    #expect(
      MoiraComponentsTests.findings(Encryptor.self, [("accept_obfuscation", .bool(true))]) == [
        "accept_obfuscation: 'accept_obfuscation' goes with 'method: algebraic' only"
      ])
    #expect(
      MoiraComponentsTests.findings(
        Encryptor.self, [("method", .string("none")), ("threshold", .int(3))]) == [
          "threshold: 'threshold' goes with 'method: secure_aggregation' or 'secret_sharing' only"
        ])
    #expect(
      MoiraComponentsTests.findings(
        Encryptor.self, [("method", .string("secret_sharing")), ("mode", .string("passive"))]) == [
          "mode: 'mode' goes with 'method: secure_aggregation' only"
        ])
  }

  @Test(
    "the report says the method with this job's numbers",
    arguments: [
      (
        0,
        "secure aggregation: double masks among 3 parties (X25519, Ed25519, HKDF-SHA256, AES-256-CTR, ring of 2^64), survivors confirmed; the arbiter sees sums only, unless it colludes with 2 of the 3 parties; up to 0 may drop out of a round"
      ),
      (
        3,
        "secret sharing: Shamir shares with a threshold of 2 among 3 parties, shares sealed with AES-256-GCM; the arbiter sees sums only, unless it colludes with 2 of them"
      ),
      (
        4,
        "obfuscation, not protection: a secret orthogonal map among 3 parties; the arbiter sees norms and angles of every party's values, and reads them all with a few known ones or with one party's help"
      ),
      (5, "none: the arbiter sees every party's values; for tests and comparison only"),
    ])
  func report(place: Int, text: String) async throws {
    let (bench, _) = try await train(Self.methods[place], PooledRows(seed: 74))
    #expect(bench.logs.contains(.protection(text)))
  }

  @Test("values that are clipped are counted, and the arbiter tells how many")
  func clips() async throws {
    var rows = PooledRows(seed: 75)
    for row in rows.rows.indices { rows.rows[row][1] *= 1e5 }
    let bench = PartBench(clients: 3)
    var inputs = try await bench.run(Encryptor.self)
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
    _ = try await bench.run(
      HomoLR.self, [("epochs", .int(2)), ("learning_rate", .double(5))], inputs: inputs)
    let tallies = bench.logs.compactMap { report -> String? in
      if case .tally("values clipped to ±4096", let text) = report { text } else { nil }
    }
    #expect(!tallies.isEmpty)
    #expect(tallies.allSatisfy { Int($0).map { $0 > 0 } == true })
  }
}

extension MethodTests {
  @Test("a larger job's numbers: 7 of 10 for an honest arbiter, 4 for one that lies")
  func tenParties() throws {
    var generator = SeededGenerator(seed: 5)
    let clients = (0..<10).map { PartyID("p\($0)") }
    let scope = TaskScope(job: "j", task: "t", attempt: 1)
    let pairs = clients.map { _ in MaskKeyPair(using: &generator) }
    let roster = try KeyRoster(
      scope: scope, entries: zip(clients, pairs).map { (party: $0, key: $1.publicKey) })
    let site = TestSite(
      bench: PartBench(clients: 3), party: "hub", role: .arbiter,
      members: clients.map { RolePlayer($0, .host) } + [RolePlayer("hub", .arbiter)])
    let ground = SumGround(site, arbiter: "hub")
    for (mode, words) in [
      (
        true,
        "unless it colludes with 7 of the 10 parties, or lies and colludes with 4; up to 3 may"
      ),
      (false, "unless it colludes with 7 of the 10 parties, or lies; up to 3 may"),
    ] {
      var settings = SecureAggregation.Settings()
      settings.isActive = mode
      let method = try SecureAggregation(.arbiter(roster), ground, settings, in: site)
      #expect(method.summary.contains(words))
    }
  }
}

extension MethodTests {
  @Test(
    "noise that the arbiter is to add needs a sum that it sees: other methods are refused by name",
    arguments: [4, 6])
  func centralNoise(place: Int) async throws {
    let rows = PooledRows(seed: 76)
    let bench = PartBench(clients: 3)
    var inputs = try await bench.run(Encryptor.self, Self.methods[place])
    for (place, party) in bench.clients.enumerated() {
      inputs[party]?["train_data"] = try bench.put(
        rows.table(of: place), port: "train_data", at: party)
    }
    let failure = await bench.failure(
      HomoLR.self, [("epochs", .int(2)), privacy("central", ["epsilon": .double(8)])],
      inputs: inputs)
    #expect(failure?.code == "privacy-protection")
    let method = place == 4 ? "algebraic" : "paillier"
    #expect(failure?.message.hasSuffix("but 'method: \(method)' hides it") == true)
  }
}
