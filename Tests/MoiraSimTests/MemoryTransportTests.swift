import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Testing

/// A number as a message.
private func message(_ number: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt32(number).littleEndian) { Array($0) }
}

private func number(_ message: [UInt8]) -> Int {
  message.reversed().reduce(0) { $0 << 8 | Int($1) }
}

@Suite struct MemoryTransportTests {
  func key(_ party: PartyID, task: TaskID = "t", attempt: Int = 1) -> PartKey {
    PartKey(task: task, attempt: attempt, party: party)
  }

  @Test("Messages that come before the receiver opens its end are kept for it")
  func early() async throws {
    let transport = MemoryTransport()
    let a = transport.lane(key("a"), of: "j")
    for number in 0..<5 { try await a.send(message(number), to: "b") }
    let b = transport.lane(key("b"), of: "j")
    for expected in 0..<5 {
      let received = try await b.receive(from: nil)
      #expect(received.from == "a")
      #expect(number(received.bytes) == expected)
    }
  }

  @Test("One sender's messages can be taken before another's; then any comes in order of arrival")
  func selective() async throws {
    let transport = MemoryTransport()
    let a = transport.lane(key("a"), of: "j")
    let b = transport.lane(key("b"), of: "j")
    let hub = transport.lane(key("hub"), of: "j")
    try await a.send(message(1), to: "hub")
    try await b.send(message(2), to: "hub")
    try await a.send(message(3), to: "hub")
    try await b.send(message(4), to: "hub")
    #expect(number(try await hub.receive(from: "b").bytes) == 2)
    #expect(number(try await hub.receive(from: nil).bytes) == 1)
    #expect(number(try await hub.receive(from: nil).bytes) == 3)
    #expect(number(try await hub.receive(from: nil).bytes) == 4)
  }

  @Test("Attempts, tasks and jobs do not hear one another")
  func apart() async throws {
    let transport = MemoryTransport()
    try await transport.lane(key("a"), of: "j").send(message(1), to: "b")
    try await transport.lane(key("a", attempt: 2), of: "j").send(message(2), to: "b")
    try await transport.lane(key("a", task: "u"), of: "j").send(message(3), to: "b")
    try await transport.lane(key("a"), of: "k").send(message(4), to: "b")
    let ends = [
      (transport.lane(key("b", attempt: 2), of: "j"), 2),
      (transport.lane(key("b", task: "u"), of: "j"), 3), (transport.lane(key("b"), of: "k"), 4),
      (transport.lane(key("b"), of: "j"), 1),
    ]
    for (lane, expected) in ends {
      #expect(number(try await lane.receive(from: "a").bytes) == expected)
    }
  }

  @Test("Whoever waits is cancelled, and the message goes to the next who asks")
  func cancellation() async throws {
    let transport = MemoryTransport()
    let lane = transport.lane(key("b"), of: "j")
    for round in 0..<200 {
      let waiting = Task { try await lane.receive(from: round % 2 == 0 ? nil : "a") }
      if round % 3 == 0 { await Task.yield() }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
    try await transport.lane(key("a"), of: "j").send(message(7), to: "b")
    #expect(number(try await lane.receive(from: nil).bytes) == 7)
  }

  @Test("A closed end drops what has come and what still comes, and ends whoever waits there")
  func closing() async throws {
    let transport = MemoryTransport()
    let a = transport.lane(key("a"), of: "j")
    let b = transport.lane(key("b"), of: "j")
    try await a.send(message(1), to: "b")
    let waiting = Task { try await b.receive(from: "c") }
    await Task.yield()
    await b.close()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    try await a.send(message(2), to: "b")
    await #expect(throws: CancellationError.self) { try await b.receive(from: nil) }
    transport.forget("j")
    try await a.send(message(3), to: "b")
    #expect(number(try await b.receive(from: nil).bytes) == 3)
  }

  @Test("Thousands of messages between many parties all come, each sender's in its order")
  func many() async throws {
    try await exchange(MemoryTransport(), senders: 10, messages: 2000)
  }

  @Test(
    "Faults mix messages of different senders and never those of one",
    arguments: [1, 2, 3, 4, 5] as [UInt64])
  func reordered(_ seed: UInt64) async throws {
    try await exchange(
      MemoryTransport(faults: TransportFaults(reorderSeed: seed)), senders: 5, messages: 200)
  }

  private func exchange(_ transport: MemoryTransport, senders: Int, messages: Int) async throws {
    let hub = transport.lane(key("hub"), of: "j")
    let sending = (0..<senders).map { sender in
      let lane = transport.lane(key(PartyID("p\(sender)")), of: "j")
      return Task {
        for number in 0..<messages { try await lane.send(message(number), to: "hub") }
      }
    }
    var next: [PartyID: Int] = [:]
    for _ in 0..<(senders * messages) {
      let received = try await hub.receive(from: nil)
      #expect(number(received.bytes) == next[received.from, default: 0])
      next[received.from, default: 0] += 1
    }
    #expect(next.count == senders)
    for task in sending { try await task.value }
  }

  @Test("A seed finds an order that is not the order of sending")
  func mixes() async throws {
    var mixed = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let transport = MemoryTransport(faults: TransportFaults(reorderSeed: seed))
      let hub = transport.lane(key("hub"), of: "j")
      for number in 0..<20 {
        let lane = transport.lane(key(number % 2 == 0 ? "a" : "b"), of: "j")
        try await lane.send(message(number), to: "hub")
      }
      var order: [Int] = []
      for _ in 0..<20 { order.append(number(try await hub.receive(from: nil).bytes)) }
      if order != order.sorted() { mixed += 1 }
    }
    #expect(mixed > 0)
  }

  @Test("A silent party's messages get lost in both directions")
  func silent() async throws {
    let transport = MemoryTransport(faults: TransportFaults(silent: ["b"]))
    let a = transport.lane(key("a"), of: "j")
    let b = transport.lane(key("b"), of: "j")
    let c = transport.lane(key("c"), of: "j")
    try await b.send(message(1), to: "a")
    try await a.send(message(2), to: "b")
    try await c.send(message(3), to: "a")
    #expect(number(try await a.receive(from: nil).bytes) == 3)
    let waiting = Task { try await b.receive(from: nil) }
    await Task.yield()
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }

  @Test("A party that is not there cannot be sent to")
  func unreachable() async throws {
    let transport = MemoryTransport(parties: ["a", "b"])
    let failure = await #expect(throws: Failure.self) {
      try await transport.lane(key("a"), of: "j").send([1], to: "c")
    }
    #expect(failure?.code == "party-unreachable")
    #expect(failure?.message == "'c' cannot be reached from 'a'")
  }
}
