import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Masked sum under attack` {
  typealias Rule = ProtocolViolation.Rule

  /// What was agreed, and one field of it changed at a time.
  struct Forgery: Sendable, CustomTestStringConvertible {
    var scope = MoiraProtocolsTests.scope
    var round = 3
    var tensor = "weights"
    var method = SumMethod.pairwiseMasks
    var count = 2
    var labelHash = label.hash
    var hasOtherRoster = false
    var words: [UInt64] = [7, 8]
    var rule: Rule

    var testDescription: String { "\(rule)" }

    func header(_ roster: ContentHash) -> SumHeader {
      SumHeader(
        scope: scope, round: round, tensor: tensor, method: method, count: count, label: labelHash,
        roster: hasOtherRoster ? sha256([]) : roster)
    }
  }

  static let otherJob = TaskScope(job: "other", task: "homo_lr_0", attempt: 1)
  static let otherTask = TaskScope(job: "7f3a09c2", task: "homo_lr_1", attempt: 1)
  static let otherAttempt = TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 2)
  static let forgeries: [Forgery] = [
    Forgery(scope: otherJob, rule: .otherScope(sent: otherJob, agreed: scope)),
    Forgery(scope: otherTask, rule: .otherScope(sent: otherTask, agreed: scope)),
    Forgery(scope: otherAttempt, rule: .otherScope(sent: otherAttempt, agreed: scope)),
    Forgery(round: 2, rule: .otherRound(sent: 2, agreed: 3)),
    Forgery(round: -1, rule: .otherRound(sent: -1, agreed: 3)),
    Forgery(tensor: "bias", rule: .otherTensor(sent: "bias", agreed: "weights")),
    Forgery(method: .none, rule: .otherMethod(sent: .none, agreed: .pairwiseMasks)),
    Forgery(count: 3, words: [7, 8, 9], rule: .wrongCount(sent: 3, agreed: 2)),
    Forgery(count: .min, rule: .wrongCount(sent: .min, agreed: 2)),
    Forgery(words: [7], rule: .countMismatch(announced: 2, sent: 1)),
    Forgery(words: [], rule: .countMismatch(announced: 2, sent: 0)),
    Forgery(labelHash: sha256([9]), rule: .otherModel),
    Forgery(hasOtherRoster: true, rule: .otherRoster),
  ]

  static func parts() throws -> (MaskedSumTerms, Side<MaskedSumClient>) {
    let agreed = try agreedKeys(["a", "b", "c"])
    let terms = try MaskedSumTerms(label, count: 2, roster: agreed.roster, aggregator: arbiter)
    let client = try MaskedSumClient("a", terms: terms, words: [1, 2], keys: agreed.keys["a"])
    return (terms, Side(client))
  }

  @Test("the aggregator refuses an upload that is not what was agreed", arguments: forgeries)
  func upload(_ forgery: Forgery) throws {
    let (terms, _) = try Self.parts()
    var machine = MaskedSumAggregator(terms: terms)
    let header = forgery.header(try #require(terms.roster))
    #expect(throws: ProtocolViolation("b", forgery.rule)) {
      try machine.receive(.upload(header, words: forgery.words), from: "b")
    }
    #expect(machine.waitingFor == ["a", "b", "c"])
  }

  @Test("a client refuses a total that is not what was agreed", arguments: forgeries)
  func total(_ forgery: Forgery) throws {
    let (terms, side) = try Self.parts()
    let header = forgery.header(try #require(terms.roster))
    #expect(throws: ProtocolViolation(arbiter, forgery.rule)) {
      try side.machine.receive(.total(header, words: forgery.words), from: arbiter)
    }
  }

  @Test("strangers, other kinds and repetitions are refused, and leave the sum alone")
  func senders() throws {
    let (terms, side) = try Self.parts()
    let header = SumHeader(terms)
    var machine = MaskedSumAggregator(terms: terms)
    for stranger in [arbiter, "d", ""] as [PartyID] {
      #expect(throws: ProtocolViolation(stranger, .unknownSender)) {
        try machine.receive(.upload(header, words: [1, 1]), from: stranger)
      }
    }
    #expect(throws: ProtocolViolation("a", .unexpected(.total))) {
      try machine.receive(.total(header, words: [1, 1]), from: "a")
    }
    _ = try machine.receive(.upload(header, words: [1, 10]), from: "a")
    #expect(throws: ProtocolViolation("a", .sentTwice(.upload))) {
      try machine.receive(.upload(header, words: [1, 10]), from: "a")
    }
    _ = try machine.receive(.upload(header, words: [2, 20]), from: "c")
    guard
      case .finish(let sum, _) = try machine.receive(
        .upload(header, words: [3, 30]), from: "b")
    else {
      Issue.record("the sum did not finish")
      return
    }
    #expect(sum.words == [6, 60])
    #expect(throws: ProtocolViolation("b", .unknownSender)) {
      try side.machine.receive(.total(header, words: [6, 60]), from: "b")
    }
    #expect(throws: ProtocolViolation(arbiter, .unexpected(.upload))) {
      try side.machine.receive(.upload(header, words: [6, 60]), from: arbiter)
    }
    _ = try side.machine.receive(.total(header, words: [6, 60]), from: arbiter)
    #expect(throws: ProtocolViolation(arbiter, .sentTwice(.total))) {
      try side.machine.receive(.total(header, words: [6, 60]), from: arbiter)
    }
  }

  @Test("a duplicated letter is refused in any order of delivery", arguments: 0..<60)
  func duplicates(seed: UInt64) throws {
    let clients = hospitals(4)
    let victim = clients[Int(seed % 4)]
    let summands = try vectors(clients, count: 3, seed: seed)
    #expect(throws: ProtocolViolation(victim, .sentTwice(.upload))) {
      try sum(summands, method: .pairwiseMasks, seed: seed) { letter in
        letter.sender == victim ? [letter, letter] : [letter]
      }
    }
    #expect(throws: ProtocolViolation(arbiter, .sentTwice(.total))) {
      try sum(summands, method: .pairwiseMasks, seed: seed) { letter in
        letter.recipient == victim ? [letter, letter] : [letter]
      }
    }
  }

  func refusal(_ body: () throws(ProtocolRefusal) -> Void) -> ProtocolRefusal? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test("a client does not mask what does not belong together")
  func refusals() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    let strangers = try agreedKeys(["a", "b", "c"], seed: 2)
    let terms = try MaskedSumTerms(label, count: 2, roster: agreed.roster, aggregator: arbiter)
    func refused(
      _ own: PartyID, _ words: [UInt64], _ keys: MaskingKeys?
    ) -> ProtocolRefusal? {
      refusal { () throws(ProtocolRefusal) in
        _ = try MaskedSumClient(own, terms: terms, words: words, keys: keys)
      }
    }
    #expect(refused("d", [1, 2], agreed.keys["a"]) == .notAClient("d"))
    #expect(refused("b", [1, 2], agreed.keys["a"]) == .notAClient("a"))
    #expect(refused("a", [1], agreed.keys["a"]) == .wrongCount(given: 1, agreed: 2))
    #expect(refused("a", [1, 2], strangers.keys["a"]) == .otherKeys)
    #expect(refused("a", [1, 2], nil) == .otherKeys)
    #expect(refused("a", [1, 2], agreed.keys["a"]) == nil)
    #expect(refused("a", [3, 4], agreed.keys["a"]) == .masking(.labelUsed(label)))
    let open = try MaskedSumTerms(
      unprotected: label, count: 2, clients: ["a", "b"], aggregator: arbiter)
    #expect(
      refusal { () throws(ProtocolRefusal) in
        _ = try MaskedSumClient("a", terms: open, words: [1, 2], keys: agreed.keys["a"])
      } == .otherKeys)
    let elsewhere = MaskLabel(scope: Self.otherAttempt, round: 1, tensor: "weights")
    #expect(throws: ProtocolRefusal.otherKeys) {
      try MaskedSumTerms(elsewhere, count: 2, roster: agreed.roster, aggregator: arbiter)
    }
  }

  /// The upload of one client that was told `model`, as words.
  func words(_ own: PartyID, model: ContentHash, roster: KeyRoster, keys: MaskingKeys?) throws
    -> [UInt64]
  {
    let told = MaskLabel(scope: scope, round: 3, tensor: "weights", model: model)
    let terms = try MaskedSumTerms(told, count: 50, roster: roster, aggregator: arbiter)
    var client = try MaskedSumClient(
      own, terms: terms, words: [UInt64](repeating: 1 << 40, count: 50), keys: keys)
    guard case .upload(_, let words)? = client.start().first?.message else { return [] }
    return words
  }

  @Test("an aggregator that gives two clients different models gets noise")
  func differentModels() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    var sum = [UInt64](repeating: 0, count: 50)
    for (party, model) in [("a", [1]), ("b", [2]), ("c", [1])] as [(PartyID, [UInt8])] {
      let own = try words(
        party, model: sha256(model), roster: agreed.roster, keys: agreed.keys[party])
      for index in sum.indices { sum[index] &+= own[index] }
    }
    #expect(throws: FixedPointError.self) { try FixedPoint(parties: 3).decodeReals(sum) }
  }

  @Test("an aggregator that swaps two other clients' keys gets noise")
  func swappedKeys() throws {
    var generator = SeededGenerator(seed: 4)
    let pairs = (0..<3).map { _ in MaskKeyPair(using: &generator) }
    let keys = pairs.map(\.publicKey)
    let honest = try KeyRoster(
      scope: scope, entries: [("a", keys[0]), ("b", keys[1]), ("c", keys[2])])
    let swapped = try KeyRoster(
      scope: scope, entries: [("a", keys[0]), ("b", keys[2]), ("c", keys[1])])
    var sum = [UInt64](repeating: 0, count: 50)
    let seen =
      [("a", 0, swapped), ("b", 1, honest), ("c", 2, honest)] as [(PartyID, Int, KeyRoster)]
    for (party, index, roster) in seen {
      let masking = try MaskingKeys(own: party, keyPair: pairs[index], roster: roster)
      let own = try words(party, model: sha256([1]), roster: roster, keys: masking)
      for index in sum.indices { sum[index] &+= own[index] }
    }
    #expect(throws: FixedPointError.self) { try FixedPoint(parties: 3).decodeReals(sum) }
  }
}
