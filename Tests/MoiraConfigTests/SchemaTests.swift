import MoiraConfig
import MoiraModel
import Testing

@Suite struct SchemaTests {
  @Test func aDeclarationIsItsSchema() {
    let schemas = Trainer.parameterSchemas
    #expect(
      schemas.map(\.name) == [
        "local_epochs", "rate", "limit", "shuffle", "label", "columns", "shares", "optimizer",
        "backward",
      ])
    #expect(schemas.map(\.isRequired) == [false, true] + Array(repeating: false, count: 7))
    #expect(schemas.filter(\.isOptional).map(\.name) == ["limit", "backward"])
    #expect(schemas[0].defaultValue == .int(20))
    #expect(schemas[0].limits == [.atLeast(1)])
    #expect(schemas[0].help == "Passes over the rows.")
    #expect(schemas[5].kind == .list(.string))
    guard case .group(let group) = schemas[7].kind else {
      Issue.record("no group")
      return
    }
    #expect(group.shorthand == "method")
    #expect(group["method"]?.kind == .choice(["sgd", "adam", "adagrad"]))
  }

  @Test(arguments: [
    ("_epochs", "epochs"), ("localEpochs", "local_epochs"), ("_initParam", "init_param"),
    ("a", "a"),
  ])
  func aPropertyNamesItsParameter(label: String, name: String) {
    #expect(declaredName(label) == name)
  }

  @Test func whatIsReadIsBound() throws {
    let resolved = reading(
      node(("rate", .int(2)), ("limit", .int(3)), ("optimizer", .string("adam")))
    ).resolved
    let trainer = Trainer()
    #expect(trainer.bind(resolved.value) == [])
    #expect(trainer.rate == 2)
    #expect(trainer.limit == 3)
    #expect(trainer.localEpochs == 20)
    #expect(trainer.columns == ["x"])
    #expect(trainer.optimizer.method == .adam)
    #expect(trainer.optimizer.momentum == 0)
    #expect(trainer.backward == nil)
  }

  @Test func twoDeclarationsShareNothing() {
    let first = Trainer()
    let second = Trainer()
    #expect(first.bind(.map([("local_epochs", .int(5))])) == [])
    #expect(first.localEpochs == 5)
    #expect(second.localEpochs == 20)
  }

  @Test func aValueOfAnotherKindIsRefusedByName() {
    let value = ConfigValue.map([("local_epochs", .string("x")), ("shuffle", .int(1))])
    #expect(Trainer().bind(value) == ["local_epochs", "shuffle"])
  }

  @Test func limitsSayTheirRule() {
    #expect(Limit.atLeast(1).rule == "at least 1")
    #expect(Limit.moreThan(0).rule == "more than 0")
    #expect(Limit.atMost(0.5).rule == "at most 0.5")
    #expect(Limit.lessThan(1e20).rule == "less than 1e+20")
    #expect(Limit.notEmpty.rule == "not empty")
  }

  @Test func limitsHoldAtTheirBounds() {
    #expect(Limit.atLeast(1).allows(.int(1)))
    #expect(!Limit.moreThan(1).allows(.double(1)))
    #expect(Limit.atMost(1).allows(.double(1)))
    #expect(!Limit.lessThan(1).allows(.int(1)))
    #expect(!Limit.atLeast(1).allows(.double(.nan)))
    #expect(!Limit.notEmpty.allows(.string("")))
    #expect(!Limit.notEmpty.allows(.list([])))
  }
}
