import Foundation
import MoiraModel

/// A time span for people: `0.42 s`, `2 min 05 s`, `3 h 12 min`.
func spanText(_ span: Duration) -> String {
  let seconds = span.seconds
  if seconds < 10 { return String(format: "%.2f s", max(0, seconds)) }
  if seconds < 60 { return String(format: "%.1f s", seconds) }
  let whole = Int(seconds)
  if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
  return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
}

/// A measured value with what matters of it: `0.9931`, `1240`, `3.2e-07`.
func metricText(_ value: Double) -> String {
  if let whole = Int(exactly: value), abs(whole) < 1_000_000_000 { return String(whole) }
  if !value.isFinite { return "\(value)" }
  return abs(value) < 0.001 || abs(value) >= 1e6
    ? String(format: "%.2e", value) : String(format: "%.4f", value)
}

/// A difference with its sign, to four places: `+0.0061`.
func gainText(_ difference: Double) -> String {
  let text = String(format: "%+.4f", difference)
  return text == "+0.0000" || text == "-0.0000" ? "0" : text
}

/// A size for people: `831 B`, `35.2 kB`.
func sizeText(_ bytes: Int) -> String {
  if bytes < 1000 { return "\(bytes) B" }
  var size = Double(bytes) / 1000
  for unit in ["kB", "MB", "GB"] {
    if size < 1000 { return String(format: "%.1f %@", size, unit) }
    size /= 1000
  }
  return String(format: "%.1f TB", size)
}

/// A moment in the local time zone: `2026-11-24 03:50:07`.
func momentText(_ moment: Instant) -> String {
  var seconds = time_t(moment.milliseconds / 1000)
  var parts = tm()
  localtime_r(&seconds, &parts)
  return String(
    format: "%04d-%02d-%02d %02d:%02d:%02d", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1,
    Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
}
