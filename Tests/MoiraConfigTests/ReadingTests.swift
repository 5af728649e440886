import MoiraConfig
import MoiraModel
import Testing

@Suite struct ReadingTests {
  private let rate = ("rate", ConfigNode.Content.double(0.5))

  @Test func defaultsFillInWhatIsNotWritten() {
    let (resolved, problems) = reading(node(rate))
    #expect(problems == [])
    #expect(resolved.sites == ["rate": place(2, 9)])
    #expect(
      resolved.value
        == .map([
          ("local_epochs", .int(20)), ("rate", .double(0.5)), ("limit", .null),
          ("shuffle", .bool(true)), ("label", .string("y")), ("columns", .list([.string("x")])),
          ("shares", .list([])),
          ("optimizer", .map([("method", .string("sgd")), ("momentum", .double(0))])),
          ("backward", .null),
        ]))
  }

  @Test func aMissingRequiredParameterIsSaidAtTheOwner() {
    let expected =
      "param-missing: 'trainer' needs the parameter 'rate' | rate: How far a step goes."
    #expect(reading(nil).problems == ["1:1 \(expected)"])
    #expect(reading(node(("label", .string("z")))).problems == ["2:1 \(expected)"])
  }

  @Test(arguments: [
    (
      "local_epochs", ConfigNode.Content.int(0),
      "3:9 param-out-of-range: 'local_epochs' must be at least 1, but is 0"
    ),
    (
      "local_epochs", .double(1.5),
      "3:9 param-type: 'local_epochs' must be an integer, but is 1.5"
    ),
    (
      "local_epochs", .string("many"),
      "3:9 param-type: 'local_epochs' must be an integer, but is 'many'"
    ),
    ("local_epochs", .null, "3:9 param-type: 'local_epochs' must be an integer, but is empty"),
    ("limit", .int(-1), "3:9 param-out-of-range: 'limit' must be at least 0, but is -1"),
    ("limit", .string("none"), "3:9 param-type: 'limit' must be an integer, but is 'none'"),
    ("shuffle", .string("no"), "3:9 param-type: 'shuffle' must be true or false, but is 'no'"),
    ("label", .string(""), "3:9 param-out-of-range: 'label' must be not empty, but is ''"),
    ("label", .null, "3:9 param-type: 'label' must be a string, but is empty"),
    ("columns", .list([]), "3:9 param-out-of-range: 'columns' must be not empty, but is a list"),
    (
      "shares", scalars(.double(0.5), .int(2)),
      "9:9 param-out-of-range: 'shares' must be at most 1, but has 2 | allowed: at least 0 and at most 1"
    ),
    (
      "shares", scalars(.string("half")),
      "3:9 param-type: 'shares' must be a list, each entry a number, but is a list"
    ),
    (
      "optimizer", .string("admm"),
      "3:9 param-choice: 'optimizer.method' must be one of sgd, adam, adagrad, but is 'admm' | did you mean 'adam'?"
    ),
    (
      "optimizer", .string("newton"),
      "3:9 param-choice: 'optimizer.method' must be one of sgd, adam, adagrad, but is 'newton'"
    ),
    ("optimizer", .list([]), "3:9 param-type: 'optimizer' must be a mapping, but is a list"),
    (
      "lokal_epochs", .int(1),
      "3:1 param-unknown: 'lokal_epochs' is not a parameter of 'trainer' | did you mean 'local_epochs'?"
    ),
    (
      "speed", .int(1),
      "3:1 param-unknown: 'speed' is not a parameter of 'trainer' | 'trainer' has local_epochs, rate, limit, shuffle, label, columns, shares, optimizer, backward"
    ),
  ])
  func isWrong(name: String, content: ConfigNode.Content, expected: String) {
    #expect(reading(node(rate, (name, content))).problems == [expected])
  }

  @Test func aBoundOfARangeNamesTheWholeRange() {
    #expect(
      reading(node(("rate", .int(11)))).problems == [
        "2:9 param-out-of-range: 'rate' must be at most 10, but is 11 | allowed: more than 0 and at most 10"
      ])
    #expect(
      reading(node(("rate", .double(.nan)))).problems.first?.hasPrefix(
        "2:9 param-out-of-range: 'rate' must be more than 0, but is nan") == true)
  }

  @Test func wholeNumbersAreTakenAcrossKinds() {
    let (resolved, problems) = reading(
      node(("rate", .int(3)), ("local_epochs", .double(4)), ("label", .int(9999))))
    #expect(problems == [])
    guard case .double? = resolved.value["rate"], case .int? = resolved.value["local_epochs"] else {
      Issue.record("kinds are not those of the schema")
      return
    }
    #expect(resolved.value["label"] == .string("9999"))
  }

  @Test func aLoneScalarIsAListOfOne() {
    #expect(
      reading(node(rate, ("columns", .string("z")))).resolved.value["columns"]
        == .list([.string("z")]))
    #expect(
      reading(node(rate, ("shares", .double(0.25)))).resolved.value["shares"]
        == .list([.double(0.25)]))
  }

  @Test func nullIsTakenWhereAParameterIsOptional() {
    let (resolved, problems) = reading(node(rate, ("limit", .null), ("backward", .null)))
    #expect(problems == [])
    #expect(resolved.sites["limit"] == place(3, 9))
    #expect(resolved.value["backward"] == .null)
  }

  @Test func aGroupKeepsItsPlacesByPath() {
    let inner = node(("momentum", .double(0.9)))
    let (resolved, problems) = reading(node(rate, ("optimizer", inner.content)))
    #expect(problems == [])
    #expect(resolved.sites["optimizer.momentum"] == place(2, 9))
    #expect(resolved.sites["optimizer.method"] == nil)
    #expect(resolved.value["optimizer"]?["method"] == .string("sgd"))
  }

  @Test func aGroupsErrorsNameTheWholePath() {
    let inner = node(("momentum", .int(1)), ("speed", .int(1)))
    #expect(
      reading(node(rate, ("optimizer", inner.content))).problems == [
        "2:9 param-out-of-range: 'optimizer.momentum' must be less than 1, but is 1 | allowed: at least 0 and less than 1",
        "3:1 param-unknown: 'speed' is not a parameter of 'optimizer' | 'optimizer' has method, momentum",
      ])
  }

  @Test func allIsSaidInOnePass() {
    let problems = reading(
      node(
        ("rate", .int(0)), ("local_epochs", .string("x")), ("shuffle", .int(1)), ("nope", .null),
        ("limit", .int(-5)), ("optimizer", .string("none")))
    ).problems
    #expect(problems.map { $0.prefix(3) } == ["2:9", "3:9", "4:9", "5:1", "6:9", "7:9"])
  }

  @Test func parametersThatAreNoMappingAreRefusedOnce() {
    let text = ConfigNode(.string("x"), at: place(4, 4), text: "x")
    #expect(
      reading(text).problems.contains(
        "4:4 param-type: the parameters of 'trainer' must be a mapping, but are 'x'"))
  }
}

@Suite struct KindTests {
  private func read(_ kind: ParameterKind, _ content: ConfigNode.Content) -> (ConfigValue?, String?)
  {
    let group = ParameterGroup([
      ParameterSchema(
        name: "p", help: "h", kind: kind, isRequired: true, defaultValue: .null, isOptional: false)
    ])
    var found = Diagnostics()
    let resolved = group.read(node(("p", content)), owner: "'c'", fallback: nil, into: &found)
    return (resolved.value["p"], found.all.first?.message)
  }

  @Test func oneOfSeveralKindsIsTriedInOrder() {
    let kind = ParameterKind.either([.int, .choice(["all"])])
    #expect(read(kind, .int(5)).0 == .int(5))
    #expect(read(kind, .string("all")).0 == .string("all"))
    #expect(read(kind, .string("some")).1 == "'p' must be an integer or 'all', but is 'some'")
  }

  @Test func aDictionaryTakesNamesOfTheUsersChoosing() {
    let map = node(("x", .int(1)), ("y", .double(0.5))).content
    #expect(
      read(.dictionary(.double), map).0 == .map([("x", .double(1)), ("y", .double(0.5))]))
    #expect(
      read(.dictionary(.bool), map).1
        == "'p' must be a mapping, each value true or false, but is a mapping")
  }
}
