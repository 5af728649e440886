public import MoiraConfig
internal import MoiraModel

extension ComponentSchemas {
  /// The JSON Schema (draft 2020-12) of pipeline files with these components, for editors.
  ///
  /// What is required of parameters is left to `moira check`: they may come from `at`.
  public var pipelineJSONSchema: ConfigValue {
    .map([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("Moira pipeline, format \(Pipeline.formatVersion)")),
      ("type", .string("object")),
      ("required", strings(["moira", "parties", "tasks"])), ("additionalProperties", .bool(false)),
      (
        "properties",
        .map([
          ("moira", described("The format of this file.", .map([("const", .int(1))]))),
          ("name", described("What jobs of it are called.", type("string"))),
          ("description", type("string")), ("parties", partiesSchema),
          (
            "tasks",
            .map([
              ("type", .string("object")), ("minProperties", .int(1)),
              ("propertyNames", .map([("pattern", .string("^[A-Za-z][A-Za-z0-9_-]{0,63}$"))])),
              ("additionalProperties", reference("task")),
            ])
          ), ("conf", JobConf.group.jsonSchema),
        ])
      ),
      ("$defs", .map([("party", partySchema), ("task", taskSchema)] + definitions)),
    ])
  }

  private var partySchema: ConfigValue {
    .map([
      ("type", strings(["string", "integer"])),
      ("pattern", .string("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")),
    ])
  }

  private var partiesSchema: ConfigValue {
    let one = ConfigValue.map([
      (
        "anyOf",
        .list([
          reference("party"), .map([("type", .string("array")), ("items", reference("party"))]),
        ])
      )
    ])
    return .map([
      ("type", .string("object")), ("additionalProperties", .bool(false)),
      ("properties", .map(Role.allCases.map { ($0.rawValue, one) })),
    ])
  }

  private var taskSchema: ConfigValue {
    .map([
      ("type", .string("object")), ("required", strings(["component"])),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        .map([
          ("component", .map([("enum", strings(names))])), ("description", type("string")),
          ("inputs", .map([("type", strings(["object", "null"]))])),
          ("parameters", .map([("type", strings(["object", "null"]))])),
          ("at", described("Parameters for one party or one role.", type("object"))),
          ("after", described("Tasks to wait for.", namesSchema)),
          ("parties", described("The parties that take part.", namesSchema)),
          ("conf", TaskConf.group.jsonSchema),
        ])
      ), ("allOf", .list(all.map(condition))),
    ])
  }

  private var namesSchema: ConfigValue {
    .map([("type", strings(["string", "integer", "array"]))])
  }

  /// What the word after `component` says of the keys beside it.
  private func condition(_ schema: ComponentSchema) -> ConfigValue {
    let parameters = reference("\(schema.name).parameters")
    return .map([
      (
        "if",
        .map([("properties", .map([("component", .map([("const", .string(schema.name))]))]))])
      ),
      (
        "then",
        .map([
          (
            "properties",
            .map([
              ("component", .map([("description", .string(schema.summary))])),
              ("inputs", reference("\(schema.name).inputs")), ("parameters", parameters),
              ("at", .map([("additionalProperties", parameters)])),
            ])
          )
        ])
      ),
    ])
  }

  private var definitions: [(key: String, value: ConfigValue)] {
    all.flatMap { schema -> [(key: String, value: ConfigValue)] in
      [
        ("\(schema.name).inputs", inputsSchema(schema)),
        ("\(schema.name).parameters", schema.parameters.jsonSchema),
      ]
    }
  }

  private func inputsSchema(_ schema: ComponentSchema) -> ConfigValue {
    let ports = schema.inputs.map { port -> (key: String, value: ConfigValue) in
      let one = ConfigValue.map([
        ("type", .string("string")),
        ("pattern", .string("^[A-Za-z][A-Za-z0-9_-]*\\.[A-Za-z_][A-Za-z0-9_]*$")),
      ])
      // By party or role.
      let several = ConfigValue.map([
        ("type", .string("object")), ("additionalProperties", one),
      ])
      let pattern = ConfigValue.map([("anyOf", .list([one, several]))])
      return (port.name.text, described("\(port.help) Takes \(port.kind.phrase).", pattern))
    }
    return .map([
      ("type", strings(["object", "null"])), ("additionalProperties", .bool(false)),
      ("properties", .map(ports)),
    ])
  }
}

extension ParameterGroup {
  /// The JSON Schema of a mapping with these parameters, or of the scalar that stands for it.
  var jsonSchema: ConfigValue {
    let mapping = ConfigValue.map([
      ("type", strings(["object", "null"])), ("additionalProperties", .bool(false)),
      ("properties", .map(parameters.map { ($0.name, $0.jsonSchema) })),
    ])
    guard let shorthand, let alone = self[shorthand] else { return mapping }
    return .map([("anyOf", .list([alone.jsonSchema, mapping]))])
  }
}

extension ParameterSchema {
  fileprivate var jsonSchema: ConfigValue {
    var schema = kind.jsonSchema
    for limit in limits { schema = schema.adding(limit.jsonSchema) }
    if isOptional { schema = .map([("anyOf", .list([schema, type("null")]))]) }
    schema = schema.adding([("description", .string(help))])
    if !isRequired, kind.nested == nil { schema = schema.adding([("default", defaultValue)]) }
    return schema
  }
}

extension ParameterKind {
  fileprivate var jsonSchema: ConfigValue {
    switch self {
    case .bool: type("boolean")
    case .int: type("integer")
    case .double: type("number")
    case .string, .dataset: .map([("type", strings(["string", "number", "boolean"]))])
    case .choice(let names): .map([("enum", strings(names))])
    case .list(let kind):
      .map([
        (
          "anyOf",
          .list([
            kind.jsonSchema, .map([("type", .string("array")), ("items", kind.jsonSchema)]),
          ])
        )
      ])
    case .group(let group): group.jsonSchema
    case .either(let kinds): .map([("anyOf", .list(kinds.map(\.jsonSchema)))])
    case .dictionary(let kind):
      .map([("type", .string("object")), ("additionalProperties", kind.jsonSchema)])
    }
  }
}

extension Limit {
  fileprivate var jsonSchema: [(key: String, value: ConfigValue)] {
    switch self {
    case .atLeast(let bound): [("minimum", .number(bound))]
    case .moreThan(let bound): [("exclusiveMinimum", .number(bound))]
    case .atMost(let bound): [("maximum", .number(bound))]
    case .lessThan(let bound): [("exclusiveMaximum", .number(bound))]
    case .notEmpty: [("minLength", .int(1)), ("minItems", .int(1))]
    }
  }
}

extension ConfigValue {
  fileprivate static func number(_ bound: Double) -> ConfigValue {
    Int(exactly: bound).map { .int($0) } ?? .double(bound)
  }

  fileprivate func adding(_ more: [(key: String, value: ConfigValue)]) -> ConfigValue {
    guard case .map(let entries) = self else { return self }
    return .map(entries + more)
  }
}

private func type(_ name: String) -> ConfigValue { .map([("type", .string(name))]) }

private func strings(_ words: [String]) -> ConfigValue { .list(words.map { .string($0) }) }

private func reference(_ name: String) -> ConfigValue {
  .map([("$ref", .string("#/$defs/\(name)"))])
}

private func described(_ help: String, _ schema: ConfigValue) -> ConfigValue {
  guard case .map(let entries) = schema else { return schema }
  return .map([("description", .string(help))] + entries)
}
