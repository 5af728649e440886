internal import MoiraCrypto
public import MoiraModel

extension PaillierRefusal {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .terms(.tooFewClients(let count)):
      Failure(
        "too-few-parties",
        "sums by Paillier must have at least \(KeyAgreementTerms.leastClients) parties with data,"
          + " but have \(count)",
        hint: "with two parties each reads the other's update from the sum; add a party, or write"
          + " 'method: none' to send updates in clear")
    case .terms(let refusal): refusal.failure
    case .key(let error): Failure("protocol-setup", "the Paillier key \(error.phrase)")
    case .wordOutOfRange(let index, let bits):
      Failure(
        "value-out-of-slot", "slot \(index) must fit \(bits) bits, but does not",
        hint: "wider slots have room for larger values: write 'slot_bits: 64'")
    }
  }
}

extension PaillierRule {
  /// What follows on the sender's name.
  var sentence: String {
    switch self {
    case .unexpected(let kind): "sent \(kind.phrase), which is not for it to send"
    case .sentTwice(let kind): "sent \(kind.phrase) twice"
    case .tooEarly(let kind): "sent \(kind.phrase) before its step"
    case .otherHolder(let sent, let agreed):
      "named \(printable(sent.text)) as holder of the key, but \(agreed) was agreed"
    case .otherKeyLength(let sent, let agreed):
      "announced a key of \(sent) bits, but \(agreed) were agreed"
    case .otherKey: "used another Paillier key than was agreed"
    case .otherScale(let sent, let agreed):
      "used scale \(sent), but scale \(agreed) was agreed"
    case .otherSlots(let sent, let agreed):
      "used slots of \(sent) bits, but \(agreed) bits were agreed"
    case .unfitKey(let error): "sent a Paillier key that \(error.phrase)"
    case .wrongSealCount(let sent, let expected):
      "sent \(sent) sealed private keys, but \(expected) were expected"
    case .brokenSeal(let party): "sent a private key of \(party) whose seal is broken"
    case .unfitPrivateKey(let error): "sealed a private key that \(error.phrase)"
    case .unfitCiphertexts(let error): "sent ciphertexts of which \(error.phrase)"
    case .otherTotal(let party): "decrypted another sum than \(party)"
    }
  }
}

extension PaillierRule.Kind {
  fileprivate var phrase: String {
    switch self {
    case .key: "a Paillier key"
    case .announcement: "an announcement of a Paillier key"
    case .receipt: "a receipt"
    case .agreed: "an agreement"
    case .upload: "an upload"
    case .sum: "an encrypted sum"
    case .total: "a total"
    case .digest: "a total's hash"
    }
  }
}

extension PaillierKeyError {
  var phrase: String {
    switch self {
    case .wrongLength(let bits): "must have 2048, 3072 or 4096 bits as agreed, but has \(bits)"
    case .even: "is even"
    case .smallFactor: "has a prime factor below \(PaillierPublicKey.factorBound)"
    case .prime: "is a prime"
    case .perfectPower: "is a power of a number"
    case .proofForm: "comes with a proof of another form"
    case .proofWrong: "comes with a proof that does not hold"
    case .unfitPrime: "has a half that is no prime of the right length and 3 modulo 4"
    case .relatedPrimes: "has primes that are too close, or that share a factor when less one"
    case .otherKey: "belongs to another public key"
    }
  }
}

extension PaillierError {
  var phrase: String {
    switch self {
    case .wordOutOfRange(let index, _): "slot \(index) is out of range"
    case .otherKey: "the key is another one"
    case .otherPacking: "the packing is another one"
    case .wrongLength(let bytes, let expected): "\(expected) bytes were agreed, but \(bytes) came"
    case .ciphertextOutOfRange(let index):
      "number \(index) is 0, or n² or more, or shares a factor with n"
    case .sumOutOfRange(let index): "slot \(index) is more than the parties can send"
    }
  }
}
