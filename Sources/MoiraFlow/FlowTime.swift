import Foundation
internal import MoiraConfig
internal import MoiraModel

extension Instant {
  /// As FATE writes moments: `2026-01-31 12:34:56`, in UTC.
  var fateText: String {
    let parts = calendar(seconds: milliseconds / 1000)
    let date = [parts[1], parts[2]].map(twoDigits).joined(separator: "-")
    return "\(parts[0])-\(date) " + parts[3...].map(twoDigits).joined(separator: ":")
  }
}

/// A job's id in FATE's form: the moment of its submission in 20 digits, and a last one.
///
/// - Parameter micros: since 1970, in UTC.
func fateJobID(micros: Int64) -> String {
  let parts = calendar(seconds: micros / 1_000_000)
  let rest = String(micros % 1_000_000)
  return String(parts[0]) + parts[1...].map(twoDigits).joined()
    + String(repeating: "0", count: 6 - rest.count) + rest + "0"
}

/// Year, month, day, hour, minute and second, in UTC.
private func calendar(seconds: Int64) -> [Int] {
  var moment = time_t(seconds)
  var parts = tm()
  gmtime_r(&moment, &parts)
  return [
    Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour),
    Int(parts.tm_min), Int(parts.tm_sec),
  ]
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// `start_time`, `end_time` and their like, in milliseconds; null where it has not come yet.
func moment(_ instant: Instant?) -> ConfigValue {
  instant.map { .int(Int($0.milliseconds)) } ?? .null
}
