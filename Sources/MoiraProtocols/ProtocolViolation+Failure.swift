internal import MoiraCrypto
public import MoiraModel

extension ProtocolViolation {
  /// The same in words: who broke which rule, and both sides of a disagreement.
  public var failure: Failure {
    Failure("protocol-violation", "\(sender) \(rule.sentence)", hint: rule.hint)
  }
}

extension ProtocolViolation.MessageKind {
  var phrase: String {
    switch self {
    case .publicKey: "a public key"
    case .roster: "a key roster"
    case .upload: "an upload"
    case .total: "a total"
    }
  }
}

extension ProtocolViolation.Rule {
  /// What follows on the sender's name.
  fileprivate var sentence: String {
    switch self {
    case .unreadable(let error): "sent bytes that are no message: \(error.phrase)"
    case .unknownSender: "sent a message, but has no part in this protocol"
    case .unexpected(let kind): "sent \(kind.phrase), which is not for it to send"
    case .sentTwice(let kind): "sent \(kind.phrase) twice"
    case .unfitKey(let party, let error): "sent a key of \(party) that \(error.phrase)"
    case .sharedKey(let first, let second): "sent one key for both \(first) and \(second)"
    case .listedTwice(let party): "listed \(printable(party.text)) twice"
    case .missing(let party): "left \(party) out of the key roster"
    case .unplanned(let party): "listed '\(printable(party.text))', which the plan does not name"
    case .alteredKey(let party): "listed another key for \(party) than \(party) sent"
    case .sharing(let rule): rule.sentence
    case .secure(let rule): rule.sentence
    case .unsignedKey(let party): "sent a key of \(party) that \(party) has not signed"
    case .paillier(let rule): rule.sentence
    default: disagreement
    }
  }

  /// The rules by which what was sent must equal what was agreed.
  private var disagreement: String {
    switch self {
    case .otherScope(let sent, let agreed):
      "sent a message for \(phrase(sent)), but \(phrase(agreed)) was agreed"
    case .otherRound(let sent, let agreed):
      "sent round \(sent), but round \(agreed) was agreed"
    case .otherTensor(let sent, let agreed):
      "sent '\(printable(sent))', but '\(agreed)' was agreed"
    case .otherModel: "started from another global model than was agreed"
    case .otherMethod(let sent, let agreed):
      "used method '\(sent.word)', but '\(agreed.word)' was agreed"
    case .otherRoster: "masks under another key roster than was agreed"
    case .wrongCount(let sent, let agreed): "sent \(sent) words, but \(agreed) were agreed"
    case .countMismatch(let announced, let sent):
      "announced \(announced) words, but sent \(sent)"
    default: "broke a rule"
    }
  }

  fileprivate var hint: String? {
    switch self {
    case .otherModel, .otherRoster:
      "compare what the aggregator sent to each party: it must be the same for all"
    case .wrongCount: "the party's columns differ; compare the schemas of the parties' tables"
    default: nil
    }
  }
}

private func phrase(_ scope: TaskScope) -> String {
  let job = printable(scope.job.text)
  return "job \(job) task '\(printable(scope.task.text))' attempt \(scope.attempt)"
}

extension MaskKeyError {
  var phrase: String {
    switch self {
    case .wrongLength(let count): "has \(count) bytes instead of \(MaskPublicKey.byteCount)"
    case .notCanonical: "is not written in its canonical form"
    case .lowOrder: "is of low order, so that masks made with it would hide nothing"
    }
  }
}

extension WireError {
  var phrase: String {
    switch self {
    case .endsEarly: "they end early"
    case .lengthOverLimit(let length): "a length of \(length) is over the limit"
    case .unknownCase(let value): "case \(value) is unknown"
    case .unknownVersion(let version): "version \(version) is unknown"
    case .notUTF8: "a text is not UTF-8"
    case .trailingBytes(let count): "\(count) bytes follow on it"
    }
  }
}

/// What a peer sent as a name, fit to be shown: at most 40 printable ASCII characters.
func printable(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(40).map { scalar in
    (0x20...0x7e).contains(scalar.value) ? Character(scalar) : "?"
  }
  return String(shown)
}
