internal import MoiraCrypto
internal import MoiraModel

/// A client's share of its own vector, to which it adds those that it gets.
enum ShareSum: Sendable {
  case ring([UInt64])
  case field(FieldVector)

  /// Adds a share that was checked against the form and the count.
  mutating func add(_ share: VectorShare) {
    switch (self, share) {
    case (.ring(var words), .seed(let seed)):
      self = .ring([])
      MaskStream(seed: seed).apply(.add, to: &words)
      self = .ring(words)
    case (.field(var sum), _):
      self = .field(FieldVector(zeros: 0))
      do {
        try sum.add(share.vector(count: sum.count))
      } catch {
        preconditionFailure("a share's length is checked when it is opened")
      }
      self = .field(sum)
    case (.ring, .elements): preconditionFailure("an additive share is a seed")
    }
  }

  var words: [UInt64] {
    switch self {
    case .ring(let words): words
    case .field(let vector): vector.words
    }
  }
}

/// The shares of one vector: the dealer's own, and those of the others by id.
struct DealtShares {
  let own: ShareSum
  let others: [(receiver: PartyID, share: VectorShare)]
}

func dealtShares(
  of words: consuming [UInt64], by own: PartyID, terms: SharedSumTerms,
  using generator: inout some RandomNumberGenerator
) throws(SecretSharingRefusal) -> DealtShares {
  switch terms.form {
  case .additive:
    let others = terms.clients.filter { $0 != own }
    let shares = AdditiveShares(of: words, others: others.count, using: &generator)
    return DealtShares(
      own: .ring(shares.rest),
      others: zip(others, shares.seeds).map { (receiver: $0, share: .seed($1)) })
  case .shamir(let threshold):
    return try shamirShares(of: words, by: own, threshold, terms.clients, using: &generator)
  }
}

private func shamirShares(
  of words: [UInt64], by own: PartyID, _ threshold: Int, _ clients: [PartyID],
  using generator: inout some RandomNumberGenerator
) throws(SecretSharingRefusal) -> DealtShares {
  do throws(ShamirError) {
    let shamir = try ShamirShares(threshold: threshold, parties: clients.count)
    let index = clients.firstIndex(of: own) ?? 0
    let shares = try shamir.split(words, dealer: index + 1, using: &generator)
    var others: [(receiver: PartyID, share: VectorShare)] = []
    for (client, share) in zip(clients, shares) where client != own {
      others.append((receiver: client, share: share))
    }
    return DealtShares(own: .field(shares[index].vector(count: words.count)), others: others)
  } catch {
    throw .thresholdOutOfRange(threshold, clients: clients.count)
  }
}

/// The shares, each sealed for its receiver.
func sealed(
  _ shares: [(receiver: PartyID, share: VectorShare)], _ seals: ShareSeals,
  using generator: inout some RandomNumberGenerator
) throws(SecretSharingRefusal) -> [[UInt8]] {
  var sealed: [[UInt8]] = []
  for (receiver, share) in shares {
    do throws(ShareSealError) {
      sealed.append(try seals.seal(share, for: receiver, using: &generator))
    } catch {
      throw .terms(.otherKeys)
    }
  }
  return sealed
}
