public import MoiraModel

extension FixedPointError {
  /// The same in words.
  public var failure: Failure {
    switch self {
    case .notFinite(let index):
      Failure(
        "value-not-finite", "slot \(index) must be a finite number, but is not",
        hint: "a smaller learning rate, or scaled columns, keep the training from diverging")
    case .countOutOfRange(let index, let limit):
      Failure("count-out-of-range", "count \(index) must lie in 0 ... \(limit), but does not")
    case .partiesOutOfRange(let parties):
      Failure(
        "party-count-out-of-range",
        "a sum must have 1 to \(FixedPoint.partyLimit) parties, but has \(parties)")
    case .sumOutOfRange(let index, let parties):
      Failure(
        "sum-out-of-range", "slot \(index) of the sum is more than \(parties) parties can send",
        hint: "masks do not cancel where parties were given different models or different keys")
    }
  }
}
