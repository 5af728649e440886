import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Sum without protection under attack` {
  typealias Rule = ProtocolViolation.Rule

  /// What was agreed, and one field of it changed at a time.
  struct Forgery: Sendable, CustomTestStringConvertible {
    var scope = MoiraProtocolsTests.scope
    var round = 3
    var tensor = "weights"
    var method = SumMethod.none
    var count = 2
    var labelHash = label.hash
    var roster: ContentHash?
    var words: [UInt64] = [7, 8]
    var rule: Rule

    var testDescription: String { "\(rule)" }

    var header: SumHeader {
      SumHeader(
        scope: scope, round: round, tensor: tensor, method: method, count: count, label: labelHash,
        roster: roster)
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
    Forgery(
      method: .secureAggregation,
      rule: .otherMethod(sent: .secureAggregation, agreed: .none)),
    Forgery(count: 3, words: [7, 8, 9], rule: .wrongCount(sent: 3, agreed: 2)),
    Forgery(count: .min, rule: .wrongCount(sent: .min, agreed: 2)),
    Forgery(words: [7], rule: .countMismatch(announced: 2, sent: 1)),
    Forgery(words: [], rule: .countMismatch(announced: 2, sent: 0)),
    Forgery(labelHash: sha256([9]), rule: .otherModel),
    Forgery(roster: sha256([]), rule: .otherRoster),
  ]

  static func parts() throws -> (PlainSumTerms, Side<PlainSumClient>) {
    let terms = try PlainSumTerms(label, count: 2, clients: ["a", "b", "c"], aggregator: arbiter)
    return (terms, Side(try PlainSumClient("a", terms: terms, words: [1, 2])))
  }

  @Test("the aggregator refuses an upload that is not what was agreed", arguments: forgeries)
  func upload(_ forgery: Forgery) throws {
    var machine = PlainSumAggregator(terms: try Self.parts().0)
    #expect(throws: ProtocolViolation("b", forgery.rule)) {
      try machine.receive(.upload(forgery.header, words: forgery.words), from: "b")
    }
    #expect(machine.waitingFor == ["a", "b", "c"])
  }

  @Test("a client refuses a total that is not what was agreed", arguments: forgeries)
  func total(_ forgery: Forgery) throws {
    let side = try Self.parts().1
    #expect(throws: ProtocolViolation(arbiter, forgery.rule)) {
      try side.machine.receive(.total(forgery.header, words: forgery.words), from: arbiter)
    }
  }

  @Test("strangers, other kinds and repetitions are refused, and leave the sum alone")
  func senders() throws {
    let (terms, side) = try Self.parts()
    let header = SumHeader(terms)
    var machine = PlainSumAggregator(terms: terms)
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
      try openSum(summands, seed: seed) { letter in
        letter.sender == victim ? [letter, letter] : [letter]
      }
    }
    #expect(throws: ProtocolViolation(arbiter, .sentTwice(.total))) {
      try openSum(summands, seed: seed) { letter in
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

  @Test("a client does not send what does not belong to the sum")
  func refusals() throws {
    let (terms, _) = try Self.parts()
    func refused(_ own: PartyID, _ words: [UInt64]) -> ProtocolRefusal? {
      refusal { () throws(ProtocolRefusal) in
        _ = try PlainSumClient(own, terms: terms, words: words)
      }
    }
    #expect(refused("d", [1, 2]) == .notAClient("d"))
    #expect(refused("a", [1]) == .wrongCount(given: 1, agreed: 2))
    #expect(refused("a", [1, 2]) == nil)
  }
}
