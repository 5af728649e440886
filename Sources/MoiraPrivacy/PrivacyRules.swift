internal import MoiraModel

/// What the numbers that steer privacy must satisfy, and the words for one that does not.
enum PrivacyRules {
  static let noiseMultipliers = 1e-3...1e9
  static let standardDeviations = 1e-60...1e60
  static let gridExponents = -250...250
  /// Far above any training, and small enough that a Double still counts every step.
  static let maximumSteps = 1 << 50

  static func requireNoiseMultiplier(_ value: Double) throws(Failure) {
    guard noiseMultipliers.contains(value) else {
      throw outOfRange("noise", "lie in 0.001 … 1e9", value)
    }
  }

  static func requireSampleRate(_ value: Double) throws(Failure) {
    guard value > 0, value <= 1 else {
      throw outOfRange("sample_rate", "be more than 0 and at most 1", value)
    }
  }

  static func requireEpsilon(_ value: Double) throws(Failure) {
    guard value > 0, value.isFinite else {
      throw outOfRange("epsilon", "be more than 0 and finite", value)
    }
  }

  static func requireDelta(_ value: Double) throws(Failure) {
    guard value > 0, value < 1 else {
      throw outOfRange("delta", "be more than 0 and less than 1", value)
    }
  }

  static func requireSteps(_ value: Int) throws(Failure) {
    guard value >= 0, value <= maximumSteps else {
      throw Failure(
        "privacy-out-of-range", "'steps' must lie in 0 … \(maximumSteps), but is \(value)")
    }
  }

  static func requireClip(_ value: Double) throws(Failure) {
    guard value > 0, value.isFinite else {
      throw outOfRange("clip", "be more than 0 and finite", value)
    }
  }

  static func requireStandardDeviation(_ value: Double) throws(Failure) {
    guard standardDeviations.contains(value) else {
      throw outOfRange("standard_deviation", "lie in 1e-60 … 1e60", value)
    }
  }

  static func outOfRange(_ name: String, _ rule: String, _ value: Double) -> Failure {
    Failure("privacy-out-of-range", "'\(name)' must \(rule), but is \(value)")
  }
}
