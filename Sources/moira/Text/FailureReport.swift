import MoiraConfig
import MoiraModel

/// A failure in the house's form: whose it is, what happened, its code, and help.
struct FailureReport {
  private let failure: Failure
  private let job: JobID?
  private let isVerbose: Bool

  init(_ failure: Failure, of job: JobID? = nil, isVerbose: Bool = false) {
    self.failure = failure
    self.job = job
    self.isVerbose = isVerbose
  }

  func show(asJSON: Bool) {
    if asJSON {
      Console.print(ConfigValue.map([("failure", json)]).json(indent: 2))
    } else {
      Console.printError(text(.errors))
    }
  }

  func text(_ style: Style = .plain) -> String {
    var lines = [
      "\(subject(style)) \(style.bold(withoutControls(failure.message))) "
        + style.dim("[\(failure.code)]")
    ]
    if let hint = failure.hint { lines.append("  \(style.cyan("help:")) \(withoutControls(hint))") }
    if isVerbose, let cause = failure.cause {
      lines.append("  \(style.dim("cause:")) \(withoutControls(cause))")
    }
    return lines.joined(separator: "\n")
  }

  private func subject(_ style: Style) -> String {
    guard let job, let task = failure.task else { return style.red("error:") }
    var words = "\(style.bold("job \(job.short):")) task '\(task)'"
    if let attempt = failure.attempt { words += " attempt \(attempt)" }
    words += style.red(" failed")
    if let party = failure.party { words += " at \(party)" }
    return words + ":"
  }

  var json: ConfigValue {
    .map([
      ("code", .string(failure.code)), ("message", .string(failure.message)),
      ("hint", failure.hint.map { .string($0) } ?? .null),
      ("task", failure.task.map { .string($0.text) } ?? .null),
      ("attempt", failure.attempt.map { .int($0) } ?? .null),
      ("party", failure.party.map { .string($0.text) } ?? .null),
    ])
  }
}

extension JobID {
  /// Enough of it to tell jobs apart on a screen.
  var short: String { String(text.prefix(8)) }
}
