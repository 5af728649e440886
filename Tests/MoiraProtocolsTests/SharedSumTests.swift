import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

/// The machines of one sum by shares.
struct SharedSumParts {
  let terms: SharedSumTerms
  let clients: [PartyID: Side<SharedSumClient>]
  let aggregator: Side<SharedSumAggregator>

  init(_ vectors: [PartyID: [UInt64]], form: SharingForm, seed: UInt64) throws {
    let clients = vectors.keys.sorted()
    let agreed = try agreedKeys(clients, seed: seed)
    var generator = SeededGenerator(seed: seed)
    terms = try SharedSumTerms(
      label, count: vectors[clients[0]]?.count ?? 0, form: form, roster: agreed.roster,
      aggregator: arbiter)
    var sides: [PartyID: Side<SharedSumClient>] = [:]
    for client in clients {
      sides[client] = Side(
        try SharedSumClient(
          client, terms: terms, words: try #require(vectors[client]),
          keys: try #require(agreed.keys[client]), using: &generator))
    }
    self.clients = sides
    aggregator = Side(SharedSumAggregator(terms: terms))
  }

  /// Hands the aggregator the deals of these clients, and says what it answers at last.
  func deal(
    of dealers: [PartyID]
  ) throws -> Step<SharedSumMessage, SummedWords> {
    var step = Step<SharedSumMessage, SummedWords>.wait
    for dealer in dealers {
      let side = try #require(clients[dealer])
      let message = try #require(side.machine.start().first).message
      step = try aggregator.machine.receive(message, from: dealer)
    }
    return step
  }

  /// Hands each client its announcement, and says what they answer.
  func answers(
    to step: Step<SharedSumMessage, SummedWords>
  ) throws -> [PartyID: SharedSumMessage] {
    guard case .send(let outbound) = step else { return [:] }
    var answers: [PartyID: SharedSumMessage] = [:]
    for letter in outbound {
      let side = try #require(clients[letter.recipient])
      guard case .send(let answer) = try side.machine.receive(letter.message, from: arbiter)
      else { continue }
      #expect(answer.map(\.recipient) == [arbiter])
      answers[letter.recipient] = answer.first?.message
    }
    return answers
  }
}

/// The sum of some of the vectors, in the ring.
func plainSum(_ vectors: [PartyID: [UInt64]], of parties: [PartyID]) -> [UInt64] {
  var sum = [UInt64](repeating: 0, count: vectors.values.first?.count ?? 0)
  for party in parties {
    for (index, word) in (vectors[party] ?? []).enumerated() { sum[index] &+= word }
  }
  return sum
}

@Suite struct `Sum by shares` {
  typealias Run = Exchange<SharedSumClient, SharedSumAggregator>

  func run(
    _ vectors: [PartyID: [UInt64]], form: SharingForm, seed: UInt64,
    tamper: (Letter) -> [Letter] = { [$0] }
  ) throws -> Run {
    let parts = try SharedSumParts(vectors, form: form, seed: seed)
    var exchange = Run(clients: parts.clients, aggregator: (arbiter, parts.aggregator))
    try exchange.run(seed: seed, tamper: tamper)
    return exchange
  }

  @Test("equals the open sum bit by bit, whatever the order of delivery", arguments: 0..<100)
  func equalsOpenSum(seed: UInt64) throws {
    let count = 3 + Int(seed % 5)
    let summands = try vectors(hospitals(count), count: Int(seed % 20), seed: seed)
    let open = try openSum(summands, seed: seed)
    let expected = try #require(open.aggregator.side.output)
    let threshold = count / 2 + 1 + Int(seed) % ((count + 1) / 2)
    for form in [SharingForm.additive, .shamir(threshold: threshold)] {
      let exchange = try run(summands, form: form, seed: seed)
      #expect(exchange.aggregator.side.output == expected)
      for side in exchange.clients.values { #expect(side.output == expected) }
      #expect(exchange.delivered.count == 4 * count)
      #expect(exchange.aggregator.side.machine.waitingFor.isEmpty)
    }
  }

  @Test("words that wrap in the ring wrap in the sum too", arguments: 0..<10)
  func wraps(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var summands: [PartyID: [UInt64]] = [:]
    for party in hospitals(5) {
      summands[party] = (0..<4).map { _ in generator.next() } + [1 << 63, .max, .max >> 1]
    }
    for form in [SharingForm.additive, .shamir(threshold: 3)] {
      let exchange = try run(summands, form: form, seed: seed)
      let output = try #require(exchange.aggregator.side.output)
      #expect(output.words == plainSum(summands, of: hospitals(5)))
    }
  }

  @Test("a letter that comes twice is refused", arguments: 0..<40)
  func duplicates(seed: UInt64) throws {
    let summands = try vectors(hospitals(4), count: 3, seed: seed)
    let victim = hospitals(4)[Int(seed % 4)]
    let form = seed % 2 == 0 ? SharingForm.additive : .shamir(threshold: 3)
    do {
      _ = try run(summands, form: form, seed: seed) { letter in
        letter.sender == victim ? [letter, letter] : [letter]
      }
      Issue.record("a second deal was taken")
    } catch let violation as ProtocolViolation {
      #expect(
        [.sharing(.sentTwice(.deal)), .sharing(.sentTwice(.summedShare))].contains(violation.rule))
      #expect(violation.sender == victim)
    }
    do {
      _ = try run(summands, form: form, seed: seed) { letter in
        letter.recipient == victim ? [letter, letter] : [letter]
      }
      Issue.record("a second announcement was taken")
    } catch let violation as ProtocolViolation {
      #expect(
        [.sharing(.sentTwice(.announcement)), .sharing(.sentTwice(.total))].contains(
          violation.rule))
      #expect(violation.sender == arbiter)
    }
  }

  @Test("what goes over the wire has the size that is documented")
  func traffic() throws {
    let summands = try vectors(hospitals(6), count: 999, seed: 1)
    let additive = try run(summands, form: .additive, seed: 1)
    for letter in additive.delivered { #expect(letter.bytes.count < 9000) }
    let shamir = try run(summands, form: .shamir(threshold: 4), seed: 1)
    let uploads = shamir.delivered.filter { $0.sender == "hospital-2" }.map(\.bytes.count)
    let documented = (6 - 4 + 1) * 1000 * 16
    #expect((documented...documented + 1200).contains(uploads.reduce(0, +)))
  }

  @Test("no word of a client's goes to the aggregator in clear")
  func noWordInClear() throws {
    let summands = try vectors(hospitals(3), count: 500, seed: 3)
    for form in [SharingForm.additive, .shamir(threshold: 2)] {
      let exchange = try run(summands, form: form, seed: 3)
      for letter in exchange.delivered where letter.recipient == arbiter {
        for words in summands.values {
          let word = withUnsafeBytes(of: words[0].littleEndian) { Array($0) }
          #expect(!letter.bytes.contains(word))
        }
      }
    }
  }

  @Test("a summed share looks uniform, whatever the vectors", arguments: [0, UInt64.max, 1 << 52])
  func uniform(value: UInt64) throws {
    var summands: [PartyID: [UInt64]] = [:]
    for party in hospitals(3) { summands[party] = [UInt64](repeating: value, count: 4000) }
    for form in [SharingForm.additive, .shamir(threshold: 2)] {
      let exchange = try run(summands, form: form, seed: 5)
      for letter in exchange.delivered {
        guard case .summedShare(_, let words) = try SharedSumMessage(wireBytes: letter.bytes)
        else { continue }
        // χ² with 255 degrees of freedom is above 404 once in 10⁹. A field's element has no top
        // bit: its lower word is looked at.
        #expect(chiSquare(words.count == 4000 ? words : evenOnes(words)) < 410)
      }
    }
  }

  func evenOnes(_ words: [UInt64]) -> [UInt64] {
    stride(from: 0, to: words.count, by: 2).map { words[$0] }
  }

  /// Chi-square over the bytes of the words; 255 degrees of freedom.
  func chiSquare(_ words: [UInt64]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for word in words {
      withUnsafeBytes(of: word) { for byte in $0 { counts[Int(byte)] += 1 } }
    }
    let mean = Double(words.count * 8) / 256
    return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
  }

  @Test("the additive sum ends with a name when somebody is silent", arguments: [false, true])
  func additiveSilence(afterDeal: Bool) throws {
    let summands = try vectors(hospitals(4), count: 3, seed: 1)
    let exchange = try run(summands, form: .additive, seed: 1) { letter in
      let isLost = letter.sender == "hospital-1" && (afterDeal == (letter.bytes[1] == 3))
      return isLost ? [] : [letter]
    }
    #expect(exchange.aggregator.side.output == nil)
    #expect(exchange.aggregator.side.machine.waitingFor == ["hospital-1"])
    let refusal = SecretSharingRefusal.tooFewLeft(missing: ["hospital-1"], left: 3, needed: 4)
    #expect(throws: refusal) { try exchange.aggregator.side.machine.giveUp(on: ["hospital-1"]) }
    #expect(exchange.aggregator.side.machine.waitingFor == ["hospital-1"])
    #expect(
      refusal.failure
        == Failure(
          "parties-missing",
          "a sum by shares must have 4 parties to the end, but has 3 without hospital-1"))
  }
}

@Suite struct `Sum by Shamir's shares when clients vanish` {
  @Test("is over those who dealt, and needs t of them to the end", arguments: 0..<100)
  func vanishing(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 3...9, using: &generator)
    let threshold = Int.random(in: count / 2 + 1...count, using: &generator)
    let summands = try vectors(hospitals(count), count: 5, seed: seed)
    let parts = try SharedSumParts(summands, form: .shamir(threshold: threshold), seed: seed)
    let least = parts.terms.leastSummed
    let order = hospitals(count).shuffled(using: &generator)
    let dealers = Array(order.prefix(Int.random(in: least...count, using: &generator)))
    var step = try parts.deal(of: dealers)
    if dealers.count < count {
      let missing = Set(order.dropFirst(dealers.count))
      #expect(Set(parts.aggregator.machine.waitingFor) == missing)
      step = try parts.aggregator.machine.giveUp(on: missing)
    }
    let answers = try parts.answers(to: step)
    #expect(answers.count == dealers.count)
    let staying = Array(
      dealers.shuffled(using: &generator).prefix(
        Int.random(in: threshold...dealers.count, using: &generator)))
    var last = Step<SharedSumMessage, SummedWords>.wait
    for client in staying {
      last = try parts.aggregator.machine.receive(try #require(answers[client]), from: client)
    }
    if staying.count < dealers.count {
      last = try parts.aggregator.machine.giveUp(on: Set(dealers).subtracting(staying))
    }
    guard case .finish(let total, let outbound) = last else {
      Issue.record("the sum did not finish")
      return
    }
    #expect(total.parties == dealers.sorted())
    #expect(total.words == plainSum(summands, of: dealers))
    #expect(outbound.map(\.recipient) == hospitals(count))
    for letter in outbound {
      let side = try #require(parts.clients[letter.recipient])
      guard case .finish(let seen, _) = try side.machine.receive(letter.message, from: arbiter)
      else { continue }
      #expect(seen == total)
    }
  }

  @Test("does not depend on which t answer")
  func anySurvivors() throws {
    let summands = try vectors(hospitals(5), count: 4, seed: 2)
    for set in 0..<32 where set.nonzeroBitCount == 3 {
      let parts = try SharedSumParts(summands, form: .shamir(threshold: 3), seed: 2)
      let answers = try parts.answers(to: parts.deal(of: hospitals(5)))
      let staying = (0..<5).filter { set >> $0 & 1 == 1 }.map { hospitals(5)[$0] }
      for client in staying {
        _ = try parts.aggregator.machine.receive(try #require(answers[client]), from: client)
      }
      let missing = Set(hospitals(5)).subtracting(staying)
      guard case .finish(let total, _) = try parts.aggregator.machine.giveUp(on: missing) else {
        Issue.record("the sum did not finish")
        return
      }
      #expect(total.words == plainSum(summands, of: hospitals(5)))
    }
  }

  @Test("fewer than t to the end, or than three dealt, end it with the names")
  func tooFew() throws {
    let summands = try vectors(hospitals(5), count: 2, seed: 1)
    var parts = try SharedSumParts(summands, form: .shamir(threshold: 4), seed: 1)
    _ = try parts.deal(of: hospitals(3))
    #expect(
      throws: SecretSharingRefusal.tooFewLeft(
        missing: ["hospital-3", "hospital-4"], left: 3, needed: 4)
    ) { try parts.aggregator.machine.giveUp(on: ["hospital-3", "hospital-4", "stranger"]) }
    parts = try SharedSumParts(summands, form: .shamir(threshold: 4), seed: 1)
    _ = try parts.answers(to: parts.deal(of: hospitals(5)))
    #expect(
      throws: SecretSharingRefusal.tooFewLeft(
        missing: ["hospital-0", "hospital-1"], left: 3, needed: 4)
    ) { try parts.aggregator.machine.giveUp(on: ["hospital-0", "hospital-1"]) }
    let three = try vectors(hospitals(3), count: 2, seed: 1)
    parts = try SharedSumParts(three, form: .shamir(threshold: 2), seed: 1)
    _ = try parts.deal(of: hospitals(2))
    #expect(
      throws: SecretSharingRefusal.tooFewLeft(missing: ["hospital-2"], left: 2, needed: 3)
    ) { try parts.aggregator.machine.giveUp(on: ["hospital-2"]) }
  }

  @Test("what comes too late changes nothing")
  func late() throws {
    let summands = try vectors(hospitals(5), count: 2, seed: 1)
    let parts = try SharedSumParts(summands, form: .shamir(threshold: 3), seed: 1)
    _ = try parts.deal(of: Array(hospitals(5).dropLast()))
    let step = try parts.aggregator.machine.giveUp(on: ["hospital-4"])
    guard case .wait = try parts.deal(of: ["hospital-4"]) else {
      Issue.record("a late deal was taken")
      return
    }
    let answers = try parts.answers(to: step)
    for client in hospitals(3) {
      _ = try parts.aggregator.machine.receive(try #require(answers[client]), from: client)
    }
    guard case .finish(let total, _) = try parts.aggregator.machine.giveUp(on: ["hospital-3"])
    else {
      Issue.record("the sum did not finish")
      return
    }
    let late = try #require(answers["hospital-3"])
    guard case .wait = try parts.aggregator.machine.receive(late, from: "hospital-3") else {
      Issue.record("a late share was taken")
      return
    }
    #expect(total.words == plainSum(summands, of: hospitals(4)))
  }
}
