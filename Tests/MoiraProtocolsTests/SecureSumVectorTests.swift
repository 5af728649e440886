import Foundation
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// One round from fixed generators, message by message, so that no change of a format, a derivation or
/// the order of draws goes unnoticed. Signatures are left out: where an Ed25519 signature is not
/// deterministic, the rest still is.
@Suite struct `Vector of a secure sum` {
  struct Step: Codable, Equatable {
    let kind: String
    let party: String
    let byteCount: Int
    let sha256: String
  }

  struct File: Codable {
    let source: String
    let vectors: [Step]
  }

  static func step(_ message: SecureSumMessage, _ party: PartyID) -> Step {
    let bytes = unsigned(message).wireBytes
    return Step(
      kind: "\(message.kind)", party: party.text, byteCount: bytes.count,
      sha256: MoiraCrypto.sha256(bytes).text)
  }

  static func unsigned(_ message: SecureSumMessage) -> SecureSumMessage {
    func without(_ offer: RoundOffer) -> RoundOffer {
      RoundOffer(
        round: offer.round, key: offer.key, commitment: offer.commitment, signature: [],
        shares: offer.shares)
    }
    switch message {
    case .offer(let terms, let offer): return .offer(terms: terms, without(offer))
    case .upload(let header, let words, let next, let tags):
      return .upload(header, words: words, next: without(next), tags: tags)
    default: return message
    }
  }

  /// An active round of four in which the last is silent after its offer.
  static func round() throws -> [Step] {
    let bench = try SecureBench(try SecureParties(4, seed: 2017), count: 3, seed: 281)
    try bench.begin()
    var steps: [Step] = []
    var machine = try bench.aggregator()
    var queue = try bench.clients.map { client in
      (client, SecureSumMessage.offer(terms: bench.terms.hash, try #require(bench.offers[client])))
    }
    func answer(_ letters: [Outbound<SecureSumMessage>]) throws {
      for letter in letters {
        steps.append(step(letter.message, letter.recipient))
        let answer = try bench.tell(letter.recipient, letter.message)
        if let answer, letter.recipient != bench.clients.last {
          queue.append((letter.recipient, answer))
        }
      }
    }
    while true {
      let next: MoiraProtocols.Step<SecureSumMessage, SecureSumOutcome>
      if queue.isEmpty {
        next = try machine.deadline()
      } else {
        let (client, message) = queue.removeFirst()
        steps.append(step(message, client))
        next = try machine.receive(message, from: client)
      }
      switch next {
      case .wait: continue
      case .send(let letters): try answer(letters)
      case .finish(let outcome, let letters):
        #expect(outcome.sum.words == summed(outcome.sum.parties, round: 1, count: 3))
        #expect(outcome.dropped == ["hospital-3"])
        steps += letters.map { step($0.message, $0.recipient) }
        return steps
      }
    }
  }

  static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Vectors")
  }

  /// Writes the file anew, when the format is changed on purpose.
  @Test(
    "the round is written down on demand",
    .enabled(if: ProcessInfo.processInfo.environment["MOIRA_WRITE_VECTORS"] != nil))
  func write() throws {
    let file = File(
      source: "SecureSumVectorTests with MOIRA_WRITE_VECTORS set", vectors: try Self.round())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(file) + Data("\n".utf8)).write(
      to: Self.folder.appending(path: "secure_sum.json"))
  }

  @Test("every message of the round has the bytes that it had when the format was fixed")
  func stays() throws {
    let data = try Data(contentsOf: Self.folder.appending(path: "secure_sum.json"))
    let expected = try JSONDecoder().decode(File.self, from: data).vectors
    let steps = try Self.round()
    #expect(steps.count == expected.count)
    for (index, pair) in zip(steps, expected).enumerated() {
      #expect(pair.0 == pair.1, "message \(index)")
    }
    #expect(Set(steps.map(\.kind)).count == 8)
  }
}
