internal import MoiraConfig
internal import MoiraModel
internal import MoiraTable

/// The name of a dataset in a party's registry.
struct DatasetName: ParameterValue, Hashable {
  let text: String

  static var parameterKind: ParameterKind { .dataset }

  init?(parameter: ConfigValue) {
    guard let text = parameter.string else { return nil }
    self.text = text
  }

  var parameter: ConfigValue { .string(text) }
}

extension Reader {
  /// What the parameters say, over what the party's registry says, over the usual.
  ///
  /// - Throws: `csv-dialect` when the registry names a delimiter or quote that is none.
  func options(_ registered: ConfigValue) throws(Failure) -> CSVOptions {
    var options = CSVOptions(
      id: id ?? registered["id"]?.string, label: label ?? registered["label"]?.string,
      weight: weight ?? registered["weight"]?.string, categorical: categorical)
    if categorical.isEmpty, let known = registered["categorical"].flatMap([String].init(parameter:))
    {
      options.categorical = known
    }
    options.features = features.isEmpty ? .allOthers : .named(features)
    options.delimiter = try Self.byte(
      "delimiter", delimiter ?? registered["delimiter"]?.string, options.delimiter)
    options.quote = try Self.byte("quote", quote ?? registered["quote"]?.string, options.quote)
    if let header {
      options.hasHeader = header
    } else if case .bool(let flag)? = registered["header"] {
      options.hasHeader = flag
    }
    if let missing = missing ?? registered["missing"].flatMap([String].init(parameter:)) {
      options.missing = missing
    }
    options.names = names ?? registered["names"].flatMap([String].init(parameter:))
    return options
  }

  private static func byte(
    _ name: String, _ text: String?, _ usual: UInt8
  ) throws(Failure) -> UInt8 {
    guard let text else { return usual }
    guard let byte = CSVOptions.byte(text) else {
      throw Failure(
        "csv-dialect",
        "'\(name)' must be one ASCII character, but has \(text.utf8.count) bytes")
    }
    return byte
  }
}

extension CSVOptions {
  /// The byte that a text names: itself, or a tab for `tab` and `\t`.
  static func byte(_ text: String) -> UInt8? {
    if text == "tab" || text == "\\t" { return 9 }
    guard text.utf8.count == 1 else { return nil }
    return text.utf8.first
  }
}
