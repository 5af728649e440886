import Crypto
import MoiraModel
import Testing

@testable import MoiraCrypto

let scope = TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 1)

/// Each party's keys, their secrets drawn from a seed.
func masking(
  _ parties: [PartyID], seed: UInt64 = 1, scope: TaskScope = scope
) throws -> [PartyID: MaskingKeys] {
  var generator = SeededGenerator(seed: seed)
  let pairs = parties.map { ($0, MaskKeyPair(using: &generator)) }
  let roster = try KeyRoster(scope: scope, entries: pairs.map { ($0, $1.publicKey) })
  return Dictionary(
    uniqueKeysWithValues: try pairs.map { party, pair in
      (party, try MaskingKeys(own: party, keyPair: pair, roster: roster))
    })
}

func mask(_ keys: MaskingKeys?, _ label: MaskLabel, count: Int = 8) throws -> [UInt64] {
  var words = [UInt64](repeating: 0, count: count)
  applyMasks(try #require(keys).masks(for: label), to: &words)
  return words
}

@Suite struct `Pairwise masks` {
  let label = MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([1]))

  @Test("the masks of all parties cancel", arguments: 2..<12)
  func cancel(count: Int) throws {
    let parties = (0..<count).map { PartyID("party-\($0)") }
    let keys = try masking(parties, seed: UInt64(count))
    var sum = [UInt64](repeating: 0, count: 100)
    for party in parties {
      let own = try mask(keys[party], label, count: 100)
      #expect(own.allSatisfy { $0 != 0 })
      for index in sum.indices { sum[index] &+= own[index] }
    }
    #expect(sum == [UInt64](repeating: 0, count: 100))
  }

  @Test("the pair's seed is HKDF over the fields as they are documented")
  func documentedDerivation() throws {
    let (low, high) = (
      try MaskKeyPair(secretBytes: secret(1)), try MaskKeyPair(secretBytes: secret(2))
    )
    let roster = try KeyRoster(
      scope: scope, entries: [("zeta", high.publicKey), ("alpha", low.publicKey)])
    func field(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0] + text.utf8 }
    let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    let three: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0]
    let info =
      field("moira/secagg/1") + field("homo_lr_0") + one + three + field("weights") + [1]
      + field(sha256([1]).text) + field("alpha") + field("zeta") + field(roster.hash.text)
    let secret = try low.sharedSecret(with: high.publicKey).withUnsafeBytes { Array($0) }
    let extracted = HMAC<SHA256>.authenticationCode(
      for: secret, using: SymmetricKey(data: Array("7f3a09c2".utf8)))
    let expanded = HMAC<SHA256>.authenticationCode(
      for: info + [1], using: SymmetricKey(data: Array(extracted)))
    let expected = MaskStream(seed: try MaskSeed(bytes: Array(expanded)))
    var words = [UInt64](repeating: 0, count: 8)
    expected.apply(.add, to: &words)
    let keys = try MaskingKeys(own: "alpha", keyPair: low, roster: roster)
    #expect(try mask(keys, label) == words)
  }

  @Test("the roster's hash is SHA-256 over the fields as they are documented")
  func documentedRoster() throws {
    let (one, two) = (
      try MaskKeyPair(secretBytes: secret(1)), try MaskKeyPair(secretBytes: secret(2))
    )
    func field(_ bytes: some Collection<UInt8>) -> [UInt8] {
      [UInt8(bytes.count), 0, 0, 0] + bytes
    }
    let expected =
      field("moira/roster/1".utf8) + field("7f3a09c2".utf8) + field("homo_lr_0".utf8)
      + [1, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0]
      + field("a".utf8) + field(one.publicKey.bytes) + field("b".utf8) + field(two.publicKey.bytes)
    let roster = try KeyRoster(
      scope: scope, entries: [("b", two.publicKey), ("a", one.publicKey)])
    #expect(roster.hash == sha256(expected))
  }

  @Test("every field of the label changes the mask")
  func labelsSeparate() throws {
    let labels = [
      label,
      MaskLabel(scope: scope, round: 4, tensor: "weights", model: sha256([1])),
      MaskLabel(scope: scope, round: 3, tensor: "bias", model: sha256([1])),
      MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([2])),
      MaskLabel(scope: scope, round: 3, tensor: "weights", model: nil),
      MaskLabel(scope: scope, round: 3, tensor: "weights", model: ""),
    ]
    let keys = try masking(["a", "b", "c"])
    let masks = try labels.map { try mask(keys["a"], $0) }
    #expect(Set(masks).count == labels.count)
    #expect(Set(labels.map(\.hash)).count == labels.count)
  }

  @Test(
    "the scope changes the mask, though the keys are the same",
    arguments: [
      TaskScope(job: "other", task: "homo_lr_0", attempt: 1),
      TaskScope(job: "7f3a09c2", task: "homo_lr_1", attempt: 1),
      TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 2),
    ])
  func scopesSeparate(other: TaskScope) throws {
    let there = MaskLabel(scope: other, round: 3, tensor: "weights", model: sha256([1]))
    let first = try mask(try masking(["a", "b", "c"])["a"], label)
    let second = try mask(try masking(["a", "b", "c"], scope: other)["a"], there)
    #expect(first != second)
    #expect(throws: MaskingError.otherScope(label: other, keys: scope)) {
      try masking(["a", "b", "c"])["a"]?.masks(for: there)
    }
  }

  @Test("a field cannot borrow letters from its neighbour")
  func fieldsAreApart() throws {
    let one = TaskScope(job: "j", task: "ab", attempt: 1)
    let other = TaskScope(job: "ja", task: "b", attempt: 1)
    #expect(
      MaskLabel(scope: one, round: 1, tensor: "t").hash
        != MaskLabel(scope: other, round: 1, tensor: "t").hash)
  }

  @Test("the masks of a label are given out once")
  func onlyOnce() throws {
    let keys = try #require(try masking(["a", "b", "c"])["b"])
    _ = try keys.masks(for: label)
    #expect(throws: MaskingError.labelUsed(label)) { try keys.masks(for: label) }
  }

  @Test("a party that sees another roster gets masks that do not cancel")
  func otherRoster() throws {
    let keys = try masking(["a", "b", "c"])
    var generator = SeededGenerator(seed: 1)
    let pairs = (0..<3).map { _ in MaskKeyPair(using: &generator) }
    let forged = try KeyRoster(
      scope: scope,
      entries: [
        ("a", pairs[0].publicKey), ("b", pairs[2].publicKey), ("c", pairs[1].publicKey),
      ])
    let fooled = try MaskingKeys(own: "a", keyPair: pairs[0], roster: forged)
    #expect(forged.hash != keys["a"]?.roster.hash)
    let sum = zip(
      try mask(fooled, label), zip(try mask(keys["b"], label), try mask(keys["c"], label))
    ).map { $0 &+ $1.0 &+ $1.1 }
    #expect(sum.allSatisfy { $0 != 0 })
  }

  @Test("a roster has each party and each key once")
  func rosterRules() throws {
    let (one, two) = (
      try MaskKeyPair(secretBytes: secret(1)), try MaskKeyPair(secretBytes: secret(2))
    )
    #expect(throws: KeyRosterError.listedTwice("a")) {
      try KeyRoster(scope: scope, entries: [("a", one.publicKey), ("a", two.publicKey)])
    }
    #expect(throws: KeyRosterError.sharedKey("a", "b")) {
      try KeyRoster(scope: scope, entries: [("b", one.publicKey), ("a", one.publicKey)])
    }
    let roster = try KeyRoster(scope: scope, entries: [("a", one.publicKey)])
    #expect(throws: MaskingError.notInRoster("a")) {
      try MaskingKeys(own: "a", keyPair: two, roster: roster)
    }
    #expect(throws: MaskingError.notInRoster("b")) {
      try MaskingKeys(own: "b", keyPair: one, roster: roster)
    }
  }
}
