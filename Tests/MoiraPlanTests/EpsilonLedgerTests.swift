import MoiraModel
import MoiraPlan
import Testing

@Suite struct EpsilonLedgerTests {
  private func reserve(
    _ partner: PartyID, _ epsilon: Double, dataset: String = "breast", task: TaskID = "train",
    attempts: Int = 1
  ) -> EpsilonReserve {
    EpsilonReserve(
      dataset: dataset, partner: partner, task: task, epsilon: epsilon, attempts: attempts)
  }

  @Test("Jobs add up, by dataset and partner")
  func adding() {
    var ledger = EpsilonLedger()
    #expect(ledger.reserve([reserve("b", 1), reserve("hub", 1)], for: "1") == true)
    #expect(
      ledger.reserve([reserve("b", 0.5), reserve("b", 4, dataset: "digits")], for: "2") == true)
    #expect(ledger.spent("breast", "b") == 1.5)
    #expect(ledger.spent("breast", "hub") == 1)
    #expect(ledger.spent("digits", "b") == 4)
    #expect(ledger.spent("digits", "hub") == 0)
    #expect(ledger.spent("breast", "b", besides: "1") == 0.5)
    #expect(ledger.spent(by: "2").map(\.epsilon) == [0.5, 4])
  }

  @Test("A consent that is given twice counts once, with what the first said")
  func idempotence() {
    var ledger = EpsilonLedger()
    #expect(ledger.reserve([reserve("b", 1)], for: "1") == true)
    #expect(ledger.reserve([reserve("b", 1)], for: "1") == false)
    #expect(ledger.reserve([reserve("b", 9)], for: "1") == false)
    #expect(ledger.spent("breast", "b") == 1)
  }

  @Test("What was reserved comes back only if no training began")
  func release() {
    var ledger = EpsilonLedger()
    _ = ledger.reserve([reserve("b", 1)], for: "1")
    _ = ledger.reserve([reserve("b", 2)], for: "2")
    #expect(ledger.begin("train", attempt: 1, of: "1") == true)
    #expect(ledger.begin("train", attempt: 1, of: "1") == false)
    #expect(ledger.begin("scale", attempt: 1, of: "2") == false)
    #expect(ledger.begin("train", attempt: 1, of: "3") == false)
    #expect(ledger.release("1") == false)
    #expect(ledger.release("2") == true)
    #expect(ledger.release("2") == false)
    #expect(ledger.spent("breast", "b") == 1)
  }

  @Test("Attempts count as many as were reserved, or as began if those are more")
  func attempts() {
    var ledger = EpsilonLedger()
    _ = ledger.reserve([reserve("b", 1, attempts: 2)], for: "1")
    #expect(ledger.spent("breast", "b") == 2)
    for attempt in [1, 2, 2] { _ = ledger.begin("train", attempt: attempt, of: "1") }
    #expect(ledger.spent("breast", "b") == 2)
    _ = ledger.begin("train", attempt: 3, of: "1")
    #expect(ledger.spent("breast", "b") == 3)
  }

  @Test("A ledger read from its documents is the same", arguments: 0..<20)
  func documents(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var ledger = EpsilonLedger()
    for job in 0..<5 {
      let reserves = (0..<Int.random(in: 0...4, using: &random)).map { place in
        reserve(
          PartyID("p\(place)"), Double.random(in: 0.01...4, using: &random),
          task: TaskID("t\(place % 2)"), attempts: Int.random(in: 1...3, using: &random))
      }
      _ = ledger.reserve(reserves, for: JobID("\(job)"))
      for attempt in 0..<Int.random(in: 0...3, using: &random) {
        _ = ledger.begin("t0", attempt: attempt, of: JobID("\(job)"))
      }
    }
    let documents = ledger.jobs.map { ($0.text, ledger.document(of: $0) ?? []) }
    #expect(try EpsilonLedger(documents: documents) == ledger)
  }

  @Test("A damaged document is refused by name, or read as some account that gives nothing back")
  func damage() throws {
    var ledger = EpsilonLedger()
    _ = ledger.reserve([reserve("b", 1, attempts: 2)], for: "7f3a")
    _ = ledger.begin("train", attempt: 1, of: "7f3a")
    let bytes = try #require(ledger.document(of: "7f3a"))
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        do {
          let read = try EpsilonLedger(documents: [("7f3a", changed)])
          for one in read.spent(by: "7f3a") { #expect(one.epsilon > 0) }
        } catch {
          #expect(
            error.message
              == "what job '7f3a' spent of the privacy budgets cannot be read")
        }
      }
    }
    for count in bytes.indices {
      #expect(throws: Failure.self) {
        try EpsilonLedger(documents: [("7f3a", Array(bytes[..<count]))])
      }
    }
  }
}
