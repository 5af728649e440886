import MoiraConfig
import MoiraKit
import MoiraModel
import Testing

@testable import MoiraComponents

@Suite("The toy example")
struct ToyExampleTests {
  @Test(arguments: [2, 3, 4])
  func `the guest learns the sum of all and says so`(clients: Int) async throws {
    let bench = PartBench(clients: clients, arbiter: false)
    _ = try await bench.run(ToyExample.self, [("count", .int(100))])
    let texts = bench.logs.compactMap { report -> String? in
      if case .log(_, let text) = report { text } else { nil }
    }
    #expect(
      texts.contains("secure_add_guest: success to calculate secure_sum, it is \(100 * clients)"))
    #expect(texts.count == clients)
  }

  @Test func `no message is the numbers themselves, nor twice the same`() async throws {
    let bench = PartBench(clients: 3, arbiter: false)
    _ = try await bench.run(ToyExample.self, [("count", .int(64))])
    let sent = await bench.mail.sent
    // A share to each of the two others, and the hosts' sums to the guest.
    #expect(sent.count == 3 * 2 + 2)
    let words = try sent.map { message in
      var reader = ByteReader(message.bytes)
      return try reader.words()
    }
    #expect(Set(words).count == sent.count)
    for message in words {
      // Uniform words: one that is small has a chance of 2⁻⁴⁸.
      #expect(message.count == 64 && message.allSatisfy { $0 > 1 << 16 })
      #expect(Set(message).count == 64)
    }
  }

  @Test func `parties that disagree on the count are told apart`() async throws {
    let bench = PartBench(clients: 2, arbiter: false)
    let failure = await bench.failure(
      ToyExample.self, at: ["hospital-a": [("count", .int(3))], "hospital-b": [("count", .int(4))]])
    #expect(failure?.code == "protocol-violation")
    #expect(failure?.message.contains("numbers, but") == true)
  }

  @Test func `one party alone reaches nobody`() async throws {
    let failure = await PartBench(clients: 1, arbiter: false).failure(ToyExample.self)
    #expect(failure?.code == "too-few-parties")
  }
}
