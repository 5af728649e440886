import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Sum by shares under attack` {
  typealias Rule = ProtocolViolation.Rule

  static let summands: [PartyID: [UInt64]] = ["a": [1, 2], "b": [30, 40], "c": [500, 600]]
  static let forms: [SharingForm] = [.additive, .shamir(threshold: 2)]

  static func parts(_ form: SharingForm) throws -> SharedSumParts {
    try SharedSumParts(summands, form: form, seed: 1)
  }

  /// Client a's announcement of an honest run.
  static func announcement(
    _ parts: SharedSumParts
  ) throws -> (header: SharedSumHeader, summed: [PartyID], shares: [[UInt8]]) {
    guard case .send(let outbound) = try parts.deal(of: ["a", "b", "c"]),
      case .announcement(let header, let summed, let shares) = outbound[0].message
    else { throw ProtocolRefusal.noClients }
    return (header, summed, shares)
  }

  func expectRefusal(
    _ message: SharedSumMessage, by side: Side<SharedSumClient>?, _ rule: Rule
  ) {
    #expect(throws: ProtocolViolation(arbiter, rule)) {
      try side?.machine.receive(message, from: arbiter)
    }
  }

  @Test("a forged, swapped or replayed share is refused with the dealer's name", arguments: forms)
  func seals(form: SharingForm) throws {
    let parts = try Self.parts(form)
    let honest = try Self.announcement(parts)
    let other = try SharedSumParts(Self.summands, form: form, seed: 2)
    let strange = try Self.announcement(other)
    func refused(_ shares: [[UInt8]], _ rule: SecretSharingRule) throws {
      let side = try #require(try Self.parts(form).clients["a"])
      expectRefusal(
        .announcement(honest.header, summed: honest.summed, shares: shares), by: side,
        .sharing(rule))
    }
    var flipped = honest.shares
    flipped[1][20] ^= 1
    try refused(flipped, .brokenSeal(of: "c"))
    try refused([strange.shares[0], honest.shares[1]], .brokenSeal(of: "b"))
    try refused([honest.shares[1], honest.shares[1]], .brokenSeal(of: "b"))
    try refused([honest.shares[0], []], .unfitShare(of: "c"))
    try refused([[UInt8](repeating: 0, count: 100), honest.shares[1]], .unfitShare(of: "b"))
    try refused([honest.shares[0]], .wrongShareCount(sent: 1, expected: 2))
    try refused(honest.shares + [[]], .wrongShareCount(sent: 3, expected: 2))
  }

  @Test("a full vector is no additive share, sealed as it may be")
  func additiveElements() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    var generator = SeededGenerator(seed: 7)
    let parts = try Self.parts(.additive)
    let honest = try Self.announcement(parts)
    let share = VectorShare.elements(try FieldVector(words: [1, 0, 2, 0]))
    let sealed = try #require(agreed.keys["b"]).shareSeals(for: label).seal(
      share, for: "a", using: &generator)
    expectRefusal(
      .announcement(honest.header, summed: honest.summed, shares: [sealed, honest.shares[1]]),
      by: try Self.parts(.additive).clients["a"], .sharing(.unfitShare(of: "b")))
  }

  @Test("a set of summed clients that is too small, strange or without the client is refused")
  func sets() throws {
    let four = try vectors(hospitals(5), count: 1, seed: 1)
    let clients = hospitals(5)
    func refused(_ summed: [PartyID], _ rule: Rule, _ form: SharingForm) throws {
      let parts = try SharedSumParts(four, form: form, seed: 1)
      expectRefusal(
        .announcement(SharedSumHeader(parts.terms), summed: summed, shares: []),
        by: parts.clients["hospital-0"], rule)
    }
    let shamir = SharingForm.shamir(threshold: 4)
    try refused([], .sharing(.tooFewAnnounced(0, needed: 4)), shamir)
    try refused(Array(clients.prefix(3)), .sharing(.tooFewAnnounced(3, needed: 4)), shamir)
    try refused(Array(clients.prefix(4)), .sharing(.tooFewAnnounced(4, needed: 5)), .additive)
    try refused(
      Array(clients.dropFirst()), .sharing(.notAnnounced("hospital-0")), shamir)
    try refused(clients.dropLast() + ["zeta"], .unplanned("zeta"), shamir)
    try refused([clients[0]] + clients, .listedTwice("hospital-0"), shamir)
  }

  @Test("a second set in one round is refused, and so is a total over another set")
  func secondSet() throws {
    let summands = try vectors(hospitals(5), count: 1, seed: 1)
    let parts = try SharedSumParts(summands, form: .shamir(threshold: 3), seed: 1)
    guard case .send(let outbound) = try parts.deal(of: hospitals(5)),
      case .announcement(let header, let summed, let shares) = outbound[0].message
    else {
      Issue.record("nothing was announced")
      return
    }
    let side = try #require(parts.clients["hospital-0"])
    _ = try side.machine.receive(outbound[0].message, from: arbiter)
    expectRefusal(
      .announcement(header, summed: summed.dropLast(), shares: shares.dropLast()), by: side,
      .sharing(.otherSet))
    expectRefusal(outbound[0].message, by: side, .sharing(.sentTwice(.announcement)))
    expectRefusal(
      .total(header, summed: summed.dropLast(), words: [1, 2]), by: side, .sharing(.otherSet))
    expectRefusal(
      .total(header, summed: summed, words: [1, 2, 3]), by: side,
      .countMismatch(announced: 2, sent: 3))
    #expect(throws: ProtocolViolation("hospital-1", .unknownSender)) {
      try side.machine.receive(.total(header, summed: summed, words: [1, 2]), from: "hospital-1")
    }
    expectRefusal(.deal(header, shares: []), by: side, .sharing(.unexpected(.deal)))
    _ = try side.machine.receive(.total(header, summed: summed, words: [1, 2]), from: arbiter)
    expectRefusal(
      .total(header, summed: summed, words: [1, 2]), by: side, .sharing(.sentTwice(.total)))
  }

  @Test("two sets of t clients cannot be answered in one round: 2t > n", arguments: 3...9)
  func thresholds(count: Int) throws {
    let agreed = try agreedKeys(hospitals(count))
    for threshold in [.min, -1, 0, 1, count / 2, count + 1, .max / 2] {
      guard threshold <= count / 2 || threshold > count else { continue }
      #expect(throws: SecretSharingRefusal.thresholdOutOfRange(threshold, clients: count)) {
        try SharedSumTerms(
          label, count: 1, form: .shamir(threshold: threshold), roster: agreed.roster,
          aggregator: arbiter)
      }
    }
  }

  @Test("two clients are too few, and foreign keys are refused")
  func badTerms() throws {
    let two = try agreedKeys(["a", "b"])
    for form in Self.forms {
      #expect(throws: SecretSharingRefusal.terms(.tooFewClients(2))) {
        try SharedSumTerms(label, count: 1, form: form, roster: two.roster, aggregator: arbiter)
      }
    }
    let three = try agreedKeys(["a", "b", "c"])
    #expect(throws: SecretSharingRefusal.terms(.aggregatorIsClient("a"))) {
      try SharedSumTerms(label, count: 1, form: .additive, roster: three.roster, aggregator: "a")
    }
    let elsewhere = MaskLabel(
      scope: TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 2), round: 1, tensor: "w")
    #expect(throws: SecretSharingRefusal.terms(.otherKeys)) {
      try SharedSumTerms(
        elsewhere, count: 1, form: .additive, roster: three.roster, aggregator: arbiter)
    }
  }

  /// Why a client with these words and keys is not made.
  func refusal(
    _ own: PartyID, _ words: [UInt64], _ keys: MaskingKeys?, _ terms: SharedSumTerms
  ) throws -> SecretSharingRefusal? {
    var generator = SeededGenerator(seed: 1)
    let keys = try #require(keys)
    do throws(SecretSharingRefusal) {
      _ = try SharedSumClient(own, terms: terms, words: words, keys: keys, using: &generator)
      return nil
    } catch {
      return error
    }
  }

  @Test("a client does not share what does not belong together, nor anything twice")
  func refusals() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    let strangers = try agreedKeys(["a", "b", "c"], seed: 2)
    let terms = try SharedSumTerms(
      label, count: 2, form: .additive, roster: agreed.roster, aggregator: arbiter)
    #expect(try refusal("d", [1, 2], agreed.keys["a"], terms) == .terms(.notAClient("d")))
    #expect(try refusal("b", [1, 2], agreed.keys["a"], terms) == .terms(.notAClient("a")))
    #expect(
      try refusal("a", [1], agreed.keys["a"], terms)
        == .terms(.wrongCount(given: 1, agreed: 2)))
    #expect(try refusal("a", [1, 2], strangers.keys["a"], terms) == .terms(.otherKeys))
    #expect(try refusal("a", [1, 2], agreed.keys["a"], terms) == nil)
    #expect(
      try refusal("a", [1, 2], agreed.keys["a"], terms) == .terms(.masking(.labelUsed(label))))
  }

  static let otherScope = TaskScope(job: "other", task: "homo_lr_0", attempt: 1)
  static let otherRules: [Rule] = [
    .otherScope(sent: otherScope, agreed: scope), .otherRound(sent: 2, agreed: 3),
    .otherTensor(sent: "bias", agreed: "weights"),
    .sharing(.otherForm(sent: .shamir(threshold: 3), agreed: .shamir(threshold: 2))),
    .sharing(.otherForm(sent: .additive, agreed: .shamir(threshold: 2))),
    .wrongCount(sent: 3, agreed: 2), .otherModel, .otherRoster,
  ]

  /// The agreed header with the one field changed that the rule is about.
  func header(breaking rule: Rule, _ terms: SharedSumTerms) -> SharedSumHeader {
    var (scope, round, tensor) = (scope, 3, "weights")
    var (form, count) = (terms.form, 2)
    var (labelHash, roster) = (label.hash, terms.roster)
    switch rule {
    case .otherScope(let sent, _): scope = sent
    case .otherRound(let sent, _): round = sent
    case .otherTensor(let sent, _): tensor = sent
    case .sharing(.otherForm(let sent, _)): form = sent
    case .wrongCount(let sent, _): count = sent
    case .otherModel: labelHash = sha256([9])
    default: roster = sha256([])
    }
    return SharedSumHeader(
      scope: scope, round: round, tensor: tensor, form: form, count: count, label: labelHash,
      roster: roster)
  }

  @Test("every message is refused that is not of what was agreed", arguments: otherRules)
  func headers(rule: Rule) throws {
    let parts = try Self.parts(.shamir(threshold: 2))
    let header = header(breaking: rule, parts.terms)
    let summed: [PartyID] = ["a", "b", "c"]
    for message in [
      .deal(header, shares: [[], []]), .summedShare(header, words: [1, 2, 3, 4]),
    ] as [SharedSumMessage] {
      #expect(throws: ProtocolViolation("b", rule)) {
        try parts.aggregator.machine.receive(message, from: "b")
      }
    }
    let side = parts.clients["a"]
    expectRefusal(.announcement(header, summed: summed, shares: [[], []]), by: side, rule)
    expectRefusal(.total(header, summed: summed, words: [1, 2]), by: side, rule)
  }

  @Test("the aggregator refuses strangers, wrong kinds, wrong counts and early shares")
  func aggregator() throws {
    let parts = try Self.parts(.shamir(threshold: 2))
    let header = SharedSumHeader(parts.terms)
    let side = parts.aggregator
    func refused(_ message: SharedSumMessage, _ sender: PartyID, _ rule: Rule) {
      #expect(throws: ProtocolViolation(sender, rule)) {
        try side.machine.receive(message, from: sender)
      }
    }
    refused(.deal(header, shares: [[], []]), "d", .unknownSender)
    refused(.deal(header, shares: [[], []]), arbiter, .unknownSender)
    refused(
      .total(header, summed: [], words: []), "a", .sharing(.unexpected(.total)))
    refused(
      .announcement(header, summed: [], shares: []), "a", .sharing(.unexpected(.announcement)))
    refused(
      .deal(header, shares: [[]]), "a", .sharing(.wrongShareCount(sent: 1, expected: 2)))
    refused(.summedShare(header, words: [1, 2, 3, 4]), "a", .sharing(.unasked))
    _ = try parts.deal(of: ["a", "b", "c"])
    refused(
      .summedShare(header, words: [1, 2]), "a", .countMismatch(announced: 4, sent: 2))
    refused(
      .summedShare(header, words: [0, 0, .max, .max]), "a", .sharing(.notInField(index: 1)))
    #expect(side.machine.waitingFor == ["a", "b", "c"])
  }

  @Test("a sum that no vectors have is not given out")
  func spoiled() throws {
    let parts = try Self.parts(.shamir(threshold: 2))
    let answers = try parts.answers(to: parts.deal(of: ["a", "b", "c"]))
    let header = SharedSumHeader(parts.terms)
    _ = try parts.aggregator.machine.receive(
      .summedShare(header, words: [1, 1 << 62, 1, 1 << 61]), from: "a")
    _ = try parts.aggregator.machine.receive(try #require(answers["b"]), from: "b")
    #expect(throws: ProtocolViolation("c", .sharing(.sumOutOfRange(index: 0)))) {
      try parts.aggregator.machine.receive(try #require(answers["c"]), from: "c")
    }
  }

  @Test("a client that was told another model does not open the others' shares")
  func differentModels() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    var generator = SeededGenerator(seed: 1)
    let told = MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([2]))
    let terms = try SharedSumTerms(
      told, count: 2, form: .additive, roster: agreed.roster, aggregator: arbiter)
    var client = try SharedSumClient(
      "a", terms: terms, words: [1, 2], keys: try #require(agreed.keys["a"]), using: &generator)
    let honest = try Self.announcement(try Self.parts(.additive))
    #expect(throws: ProtocolViolation(arbiter, .sharing(.brokenSeal(of: "b")))) {
      _ = try client.receive(
        .announcement(SharedSumHeader(terms), summed: honest.summed, shares: honest.shares),
        from: arbiter)
    }
  }
}

@Suite struct `Words about sums by shares` {
  @Test("every refusal and rule says who, the rule and the fact")
  func words() {
    let expected: [(SecretSharingRule, String)] = [
      (.unexpected(.deal), "sent a deal of shares, which is not for it to send"),
      (.sentTwice(.announcement), "sent an announcement of summed parties twice"),
      (.sentTwice(.summedShare), "sent a summed share twice"),
      (.sentTwice(.total), "sent a total twice"),
      (
        .otherForm(sent: .additive, agreed: .shamir(threshold: 3)),
        "shares by 'additive', but 'shamir with threshold 3' was agreed"
      ),
      (
        .wrongShareCount(sent: 1, expected: 2), "sent 1 sealed shares, but 2 were expected"
      ),
      (.unfitShare(of: "b"), "sent a share of b that has not a share's length"),
      (.brokenSeal(of: "b"), "sent a share of b whose seal is broken"),
      (.notAnnounced("b"), "sent a set of summed parties that does not have b"),
      (.unasked, "sent a summed share that was not asked for"),
      (.tooFewAnnounced(2, needed: 3), "announced 2 summed parties, but 3 are needed"),
      (.otherSet, "sent a second set of summed parties"),
      (.notInField(index: 4), "sent a share whose element 4 is not in the field"),
      (
        .sumOutOfRange(index: 4),
        "sent the last share of a sum whose slot 4 is more than the parties can send"
      ),
    ]
    for (rule, sentence) in expected {
      #expect(
        ProtocolViolation("a", .sharing(rule)).failure
          == Failure("protocol-violation", "a \(sentence)"))
    }
    #expect(
      SecretSharingRefusal.thresholdOutOfRange(2, clients: 5).failure
        == Failure(
          "threshold-out-of-range", "the threshold must lie in 3 ... 5 for 5 parties, but is 2",
          hint: "with half of the parties or fewer, two sets could give two sums of one round"))
    #expect(SecretSharingRefusal.terms(.tooFewClients(2)).failure.code == "too-few-parties")
    #expect(SecretSharingRefusal.terms(.otherKeys).failure == ProtocolRefusal.otherKeys.failure)
    #expect(
      SecretSharingRefusal.sumOutOfRange(index: 3).failure
        == Failure("sum-out-of-range", "slot 3 of the sum is more than the parties can send"))
  }
}
