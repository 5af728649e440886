import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite("gathering of visible vectors")
struct GatherTests {
  private let clients: [PartyID] = ["hospital-a", "hospital-b", "hospital-c"]

  private func terms(_ round: Int = 1, tensor: String = "task/1/model") throws -> GatherTerms {
    let scope = TaskScope(job: "7f3a09c2", task: "task", attempt: 1)
    return try GatherTerms(
      MaskLabel(scope: scope, round: round, tensor: tensor, model: nil), count: 3, answerCount: 2,
      clients: clients, aggregator: "hub")
  }

  private func upload(_ terms: GatherTerms, _ words: [UInt64]) -> GatherMessage {
    .upload(GatherHeader(terms.label), words: words)
  }

  @Test(
    "the aggregator gets each vector under its sender's name, in whatever order", arguments: 0..<30)
  func gathers(seed: UInt64) throws {
    let terms = try terms()
    var generator = SeededGenerator(seed: seed)
    var aggregator = GatherAggregator(terms: terms)
    #expect(aggregator.start().isEmpty)
    var finished: [PartyID: [UInt64]]?
    for (place, client) in clients.shuffled(using: &generator).enumerated() {
      var side = try GatherClient(client, terms: terms, words: [1, 2, UInt64(place)])
      let sent = side.start()
      #expect(sent.count == 1 && sent[0].recipient == "hub" && side.start().isEmpty)
      let message = try GatherMessage(wireBytes: sent[0].message.wireBytes)
      #expect(message == sent[0].message)
      if case .finish(let all, let more) = try aggregator.receive(message, from: client) {
        #expect(more.isEmpty && place == 2)
        finished = all
      }
    }
    let all = try #require(finished)
    #expect(Set(all.keys) == Set(clients) && Set(all.values.map { $0[2] }) == [0, 1, 2])
    let answers = terms.answer([7, 8])
    #expect(answers.map(\.recipient) == clients)
    var side = try GatherClient("hospital-b", terms: terms, words: [0, 0, 0])
    guard case .finish(let words, _) = try side.receive(answers[1].message, from: "hub") else {
      Issue.record("the answer ends the client")
      return
    }
    #expect(words == [7, 8])
  }

  @Test("a stranger, a second upload, another round, tensor, kind or length is refused by its rule")
  func refusals() throws {
    let terms = try terms()
    let cases: [(PartyID, GatherMessage, ProtocolViolation.Rule)] = [
      ("hospital-x", upload(terms, [1, 2, 3]), .unknownSender),
      ("hub", upload(terms, [1, 2, 3]), .unknownSender),
      ("hospital-b", upload(terms, [1, 2]), .wrongCount(sent: 2, agreed: 3)),
      ("hospital-b", upload(try self.terms(2), [1, 2, 3]), .otherRound(sent: 2, agreed: 1)),
      (
        "hospital-b", upload(try self.terms(tensor: "x"), [1, 2, 3]),
        .otherTensor(sent: "x", agreed: "task/1/model")
      ),
      ("hospital-a", upload(terms, [1, 2, 3]), .sentTwice(.upload)),
      ("hospital-b", terms.answer([1, 2])[0].message, .unexpected(.total)),
    ]
    for (sender, message, rule) in cases {
      var aggregator = GatherAggregator(terms: terms)
      _ = try aggregator.receive(upload(terms, [9, 9, 9]), from: "hospital-a")
      #expect(throws: ProtocolViolation(sender, rule)) {
        try aggregator.receive(message, from: sender)
      }
    }
    var client = try GatherClient("hospital-a", terms: terms, words: [1, 2, 3])
    let answer = terms.answer([1, 2])[0].message
    #expect(throws: ProtocolViolation("hospital-b", .unknownSender)) {
      try client.receive(answer, from: "hospital-b")
    }
    _ = try client.receive(answer, from: "hub")
    #expect(throws: ProtocolViolation("hub", .sentTwice(.total))) {
      try client.receive(answer, from: "hub")
    }
  }

  @Test("bytes that are no message are told from one, and cost nothing")
  func hostileBytes() throws {
    let good = upload(try terms(), [1, 2, 3]).wireBytes
    for length in 0..<good.count {
      #expect(throws: WireError.self) { try GatherMessage(wireBytes: Array(good[..<length])) }
    }
    #expect(throws: WireError.self) { try GatherMessage(wireBytes: good + [0]) }
    var other = good
    other[1] = 9
    #expect(throws: WireError.unknownCase(9)) { try GatherMessage(wireBytes: other) }
  }
}
