internal import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan

/// Tells whether guest and hosts reach each other, by adding numbers that none of them shows.
///
/// Each party holds `count` ones. It splits them into additive shares in ℤ₂⁶⁴, one for every party,
/// and adds up the shares that it gets; the hosts send these sums to the guest, who learns the total
/// of all and nothing else. It must be `count` times the number of parties.
///
/// Holds against parties that follow the protocol; all parties but one may put together what they
/// saw. A silent party ends the task at its timeout.
struct ToyExample: Component {
  static let card = ComponentCard(
    "toy_example", version: 1, roles: [.guest, .host], reusable: false,
    summary: "Tells whether guest and hosts reach each other, by adding numbers in shares.",
    reference: "https://doi.org/10.1145/359168.359176")

  @Param("How many numbers each party has.", .atLeast(1), .atMost(1_000_000))
  var count: Int = 1024

  func run(in task: some TaskContext) async throws {
    guard task.clients.count > 1 else {
      throw Failure("too-few-parties", "a toy example needs 2 parties, but has 1")
    }
    var sum = try await exchange(in: task)
    let guest = task.members.first { $0.role == .guest }?.party
    if let guest, guest != task.party {
      try await task.send(ToyMessage(words: sum), to: guest)
      task.log("secure_add_host: sent a share of the sum to \(guest)")
      return
    }
    for host in task.clients where host != task.party {
      try add(try await task.receive(ToyMessage.self, from: host).words, to: &sum, from: host)
    }
    let total = sum.reduce(0, &+)
    let expected = UInt64(count * task.clients.count)
    guard total == expected else {
      throw Failure(
        "protocol-violation", "the sum must be \(expected), but is \(total)")
    }
    task.log("secure_add_guest: success to calculate secure_sum, it is \(total)")
  }

  /// Deals shares to all, and adds up those that come in with the own one.
  private func exchange(in task: some TaskContext) async throws -> [UInt64] {
    let others = task.clients.filter { $0 != task.party }
    var generator = SystemSecureGenerator()
    let ones = [UInt64](repeating: 1, count: count)
    var own = ones
    for other in others {
      let share = ones.map { _ in generator.next() }
      for place in own.indices { own[place] &-= share[place] }
      try await task.send(ToyMessage(words: share), to: other)
    }
    for other in others {
      try add(try await task.receive(ToyMessage.self, from: other).words, to: &own, from: other)
    }
    return own
  }

  private func add(
    _ words: [UInt64], to sum: inout [UInt64], from party: PartyID
  ) throws(Failure) {
    guard words.count == count else {
      throw Failure(
        "protocol-violation", "\(party) sent \(words.count) numbers, but \(count) were agreed")
    }
    for place in sum.indices { sum[place] &+= words[place] }
  }
}

/// A share, or a sum of shares.
private struct ToyMessage: WireMessage {
  let words: [UInt64]

  init(words: [UInt64]) { self.words = words }
  init(from reader: inout ByteReader) throws(WireError) { words = try reader.words() }
  func encode(into writer: inout ByteWriter) { writer.write(words) }
}
