import MoiraConfig
import MoiraModel
import MoiraYAML

/// The document's value, or an issue's worth of diagnostics thrown.
func value(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> ConfigValue {
  try readYAML(text, file: "t.yaml", limits: limits).value
}

/// What is wrong with the text, one line each: `2:3 code: message | hint`.
func problems(_ text: String, limits: YAMLLimits = YAMLLimits()) -> [String] {
  do {
    _ = try readYAML(text, file: "t.yaml", limits: limits)
    return []
  } catch {
    return error.sorted.map { one in
      let place = one.site.map { "\($0.line):\($0.column)" } ?? "-"
      return "\(place) \(one.code): \(one.message)" + (one.hint.map { " | \($0)" } ?? "")
    }
  }
}
