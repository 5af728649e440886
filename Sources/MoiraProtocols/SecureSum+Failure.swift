public import MoiraModel

extension SecureSumRefusal {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .terms(let refusal): return refusal.failure
    case .roundUsed(let round):
      return Failure(
        "mask-reused", "round \(round) must be begun once, but has been begun before",
        hint: "two vectors under one mask give away their difference; number the rounds anew")
    case .tooFewLeft(let kind, let missing, let left, let needed):
      var failure = Failure(
        "parties-silent",
        "at least \(needed) parties must send \(kind.phrase), but \(left) did; nothing came from "
          + missing.map(\.text).joined(separator: ", "),
        hint: "see whether they run and can be reached; a larger 'round_timeout' waits longer")
      failure.isTransient = true
      return failure
    }
  }
}

extension SecureSumRule.Kind {
  var phrase: String {
    switch self {
    case .offer: "an offer of keys"
    case .roster: "a key roster"
    case .upload: "an upload"
    case .survivors: "a list of survivors"
    case .confirmation: "a confirmation"
    case .confirmed: "confirmations"
    case .unmasking: "shares to unmask with"
    case .total: "a total"
    }
  }
}

extension SecureSumRule {
  /// What follows on the sender's name.
  var sentence: String {
    switch self {
    case .unexpected(let kind): "sent \(kind.phrase), which is not for it to send now"
    case .replayed(let kind): "sent \(kind.phrase) again"
    case .otherRound(let kind, let sent, let agreed):
      "sent \(kind.phrase) of round \(sent), but round \(agreed) was agreed"
    case .badSignature(let kind, let party):
      "sent \(kind.phrase) with a signature that is not \(party)'s"
    case .wrongShareCount(let sent, let expected):
      "sent \(sent) shares or tags, but \(expected) were expected"
    case .unfitShare(let party): "sent what is no share of \(party)'s secret"
    case .brokenSeal(let party): "sent a share of \(party)'s secret whose seal is broken"
    case .tooFewListed(let kind, let count, let needed):
      "sent \(kind.phrase) with \(count) parties, but \(needed) are needed"
    case .notInRound(let party): "listed \(party), which is not in the round"
    case .notASurvivor(let party):
      "asked as if \(printable(party.text)) had survived, which it has not"
    case .otherSurvivors: "named other survivors than before in the same round"
    case .tooFewConfirmed(let count, let needed):
      "sent valid confirmations of \(count) parties, but \(needed) are needed"
    case .otherSecret(let party):
      "has a secret whose shares do not give what \(party) bound itself to"
    }
  }
}
