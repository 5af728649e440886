internal import MoiraModel

extension JobRequest {
  /// What a submission says otherwise than the one that was noted under its key; nil if it says the same.
  func differing(from record: JobRecord) -> Failure? {
    if source.text != record.source.text { return .keyReused(record.id, "has another text") }
    if source.overrides != record.source.overrides {
      return .keyReused(
        record.id,
        "has \(Self.words(source.overrides)), but the job \(Self.words(record.source.overrides))")
    }
    let old = record.submission?.from
    if from != old {
      return .keyReused(record.id, "has \(Self.words(from)), but the job \(Self.words(old))")
    }
    return nil
  }

  private static func words(_ overrides: [String]) -> String {
    overrides.isEmpty
      ? "no '--set'" : overrides.map { "'--set \($0)'" }.joined(separator: " and ")
  }

  private static func words(_ from: TaskID?) -> String {
    from.map { "'--from \($0)'" } ?? "no '--from'"
  }
}

extension Failure {
  /// - Parameter difference: what the pipeline does that the job's did not.
  static func keyReused(_ job: JobID, _ difference: String) -> Failure {
    Failure(
      "idempotency-key-reused",
      "the idempotency key was used for job '\(job)': this submission \(difference)",
      hint: "take a new key for another submission; 'moira show \(job)' shows what the job is")
  }
}
