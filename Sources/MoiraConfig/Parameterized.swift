/// A type whose `@Param` properties can be listed and bound: a component, or a group of parameters.
public protocol Parameterized: Sendable {
  init()
}

extension Parameterized {
  /// The declared parameters, in their order.
  package static var parameterSchemas: [ParameterSchema] {
    declared(in: Self()).map { $0.parameter.schema(named: $0.name) }
  }

  /// Fills in the parameters of a fresh declaration.
  ///
  /// - Parameter value: a mapping that `ParameterGroup.read` made from this type's schema.
  /// - Returns: the names whose values were of another kind: none, unless two builds disagree.
  package func bind(_ value: ConfigValue) -> [String] {
    var refused: [String] = []
    for (name, parameter) in declared(in: self) {
      if let given = value[name], !parameter.bind(given) { refused.append(name) }
    }
    return refused
  }
}

/// A nested group of parameters: a struct with `@Param`s of its own.
public protocol ParameterGroupValue: Parameterized, ParameterValue {
  /// The parameter that a lone scalar sets, by its name in the file.
  static var shorthand: String? { get }
}

extension ParameterGroupValue {
  public static var shorthand: String? { nil }
  public static var parameterKind: ParameterKind {
    .group(ParameterGroup(parameterSchemas, shorthand: shorthand))
  }
  public init?(parameter: ConfigValue) {
    guard case .map = parameter else { return nil }
    self.init()
    guard bind(parameter).isEmpty else { return nil }
  }
  public var parameter: ConfigValue {
    .map(declared(in: self).map { ($0.name, $0.parameter.schema(named: $0.name).defaultValue) })
  }
}

private func declared(in owner: some Parameterized) -> [(
  name: String, parameter: any DeclaredParameter
)] {
  Mirror(reflecting: owner).children.compactMap { child in
    guard let parameter = child.value as? any DeclaredParameter, let label = child.label else {
      return nil
    }
    return (declaredName(label), parameter)
  }
}

/// The name in the file of a wrapped property: `_localEpochs` is `local_epochs`.
///
/// Byte by byte, for it is asked of every parameter of every task; only ASCII has two cases here.
public func declaredName(_ label: String) -> String {
  var name: [UInt8] = []
  for byte in label.utf8.drop(while: { $0 == UInt8(ascii: "_") }) {
    if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
      name += [UInt8(ascii: "_"), byte + 32]
    } else {
      name.append(byte)
    }
  }
  return String(decoding: name, as: UTF8.self)
}
