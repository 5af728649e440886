import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// One message of a run of honest parties, some of them cut off for a while, is altered on its way.
///
/// The law: if the message was altered anywhere but in the words of an upload or a total, then either
/// the run ends with an error that names the sender or the silent, or all sums are right. The words of
/// an upload are masked but not signed: whoever alters one alters the sum by just as much, and the
/// words of a total go to one client as they are. That nobody on the wire can do so is what the
/// transport's authentication is for; that the aggregator can is in the threat model.
@Suite struct `Secure sum with one message altered` {
  /// Where a change may hit, and what it hit.
  final class Alteration {
    var generator: SeededGenerator
    let place: Int
    let hitsWords: Bool
    let count: Int
    /// What was added to the words of an upload.
    private(set) var added: (sender: PartyID, round: Int, difference: [UInt64])?
    private(set) var hit: SecureSumRule.Kind?

    init(seed: UInt64, hitsWords: Bool, count: Int) {
      generator = SeededGenerator(seed: seed)
      // Of some seventy messages at the least; the first upload comes after the offers and rosters.
      place = Int.random(in: 0..<(hitsWords ? 30 : 80), using: &generator)
      self.hitsWords = hitsWords
      self.count = count
    }

    /// The message number `index` of the run, altered if it is the one.
    func apply(_ bytes: [UInt8], _ index: Int, _ sender: PartyID) -> [UInt8] {
      guard index >= place, hit == nil, let message = try? SecureSumMessage(wireBytes: bytes),
        !hitsWords || message.kind == .upload
      else { return bytes }
      hit = message.kind
      var altered = bytes
      let hasWords = message.kind == .upload || message.kind == .total
      let wordsStart = bytes.count - (hasWords ? 8 * count : 0)
      let range = hitsWords ? wordsStart..<bytes.count : 0..<wordsStart
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: range, using: &generator)
        altered[index] ^= UInt8.random(in: 1...255, using: &generator)
      }
      note(message, altered, from: sender)
      return altered
    }

    private func note(_ message: SecureSumMessage, _ altered: [UInt8], from sender: PartyID) {
      guard hitsWords, case .upload(let header, let words, _, _) = message,
        case .upload(_, let others, _, _)? = try? SecureSumMessage(wireBytes: altered)
      else { return }
      added = (sender, header.round, zip(others, words).map { $0 &- $1 })
    }
  }

  static let count = 3

  func run(seed: UInt64, hitsWords: Bool) throws -> (SecureSimulation, Alteration) {
    var generator = SeededGenerator(seed: seed)
    let parties = try SecureParties(4 + Int(seed % 3), isActive: seed % 4 != 0, seed: seed % 5)
    let spare = parties.clients.count - parties.terms.threshold
    let gone = parties.clients.shuffled(using: &generator).prefix(
      Int.random(in: 0...spare, using: &generator))
    let cuts = gone.map {
      SecureSimulation.Cut(
        party: $0, afterSending: Int.random(in: 1...10, using: &generator),
        backInRound: Bool.random(using: &generator) ? 3 : nil)
    }
    let alteration = Alteration(seed: seed, hitsWords: hitsWords, count: Self.count)
    var simulation = try SecureSimulation(
      parties, rounds: 3, count: Self.count, cuts: cuts, seed: seed, alter: alteration.apply)
    try simulation.run()
    return (simulation, alteration)
  }

  @Test("a change outside the words is found, or does no harm", arguments: 0..<200)
  func outsideWords(seed: UInt64) throws {
    do {
      let (run, _) = try run(seed: seed, hitsWords: false)
      for (index, outcome) in run.outcomes.enumerated() {
        #expect(outcome.sum.words == run.expected(outcome.sum.parties, round: index + 1))
        for client in run.clients.values where index < client.outputs.count {
          #expect(client.outputs[index].words == outcome.sum.words)
        }
      }
    } catch let violation as ProtocolViolation {
      #expect(!violation.failure.message.isEmpty)
    } catch SecureSumRefusal.tooFewLeft(_, let missing, _, _) {
      #expect(!missing.isEmpty)
    } catch is WireError {
      // The driver tells the sender's name with it.
    }
  }

  @Test("a change in an upload's words changes the sum by just as much", arguments: 0..<40)
  func insideWords(seed: UInt64) throws {
    let (run, alteration) = try run(seed: seed, hitsWords: true)
    #expect(alteration.hit != nil)
    for (index, outcome) in run.outcomes.enumerated() {
      var expected = run.expected(outcome.sum.parties, round: index + 1)
      if let added = alteration.added, added.round == index + 1,
        outcome.sum.parties.contains(added.sender)
      {
        for index in expected.indices { expected[index] &+= added.difference[index] }
      }
      #expect(outcome.sum.words == expected)
    }
  }
}
