internal import MoiraCrypto
internal import MoiraModel

/// The summed shares that an aggregator has, of one form or the other.
struct SummedShares: Sendable {
  private let terms: SharedSumTerms
  private var ring: [UInt64]
  private var vectors: [(point: Int, vector: FieldVector)] = []

  init(_ terms: SharedSumTerms) {
    self.terms = terms
    ring = []
  }

  /// Takes in the summed share of one client.
  mutating func add(_ words: [UInt64], from sender: PartyID) throws(ProtocolViolation) {
    let width = terms.form == .additive ? 1 : 2
    guard words.count == width * terms.count else {
      throw ProtocolViolation(
        sender, .countMismatch(announced: width * terms.count, sent: words.count))
    }
    if terms.form == .additive {
      if ring.isEmpty { ring = [UInt64](repeating: 0, count: terms.count) }
      for index in words.indices { ring[index] &+= words[index] }
    } else {
      let point = (terms.clients.firstIndex(of: sender) ?? 0) + 1
      vectors.append((point: point, vector: try fieldVector(words, from: sender)))
    }
  }

  private func fieldVector(
    _ words: [UInt64], from sender: PartyID
  ) throws(ProtocolViolation) -> FieldVector {
    do throws(ShamirError) {
      return try FieldVector(words: words)
    } catch {
      guard case .notInField(let index) = error else {
        throw ProtocolViolation(
          sender, .countMismatch(announced: 2 * terms.count, sent: words.count))
      }
      throw ProtocolViolation(sender, sharing: .notInField(index: index))
    }
  }

  /// The sum, in the ring: with Shamir, of the first t of the shares by point.
  func words(summands: Int) throws(SecretSharingRefusal) -> [UInt64] {
    guard case .shamir(let threshold) = terms.form else { return ring }
    do throws(ShamirError) {
      let shamir = try ShamirShares(threshold: threshold, parties: terms.clients.count)
      let sorted = vectors.sorted { $0.point < $1.point }
      let interpolation = try shamir.interpolation(of: sorted.map(\.point))
      let sum = try interpolation.combine(Array(sorted.prefix(threshold)))
      return try sum.ringWords(summands: summands)
    } catch {
      switch error {
      case .sumOutOfRange(let index): throw .sumOutOfRange(index: index)
      default:
        throw .tooFewLeft(missing: [], left: vectors.count, needed: threshold)
      }
    }
  }
}
