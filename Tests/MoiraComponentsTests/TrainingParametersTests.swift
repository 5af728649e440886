import MoiraConfig
import MoiraMath
import Testing

@testable import MoiraComponents

/// The parameters of training as what they stand for.
@Suite("Parameters of training")
struct TrainingParametersTests {
  @Test(arguments: OptimizerMethod.allCases)
  func `every method is the optimizer of its name, with PyTorch's defaults`(
    method: OptimizerMethod
  ) throws {
    let parameters = try optimizer([("method", .string(method.rawValue))])
    let kind = try #require(Optimizer.Method(rawValue: method.rawValue))
    #expect(parameters.optimizer == Optimizer(kind))
  }

  @Test func `there is a method for every optimizer`() {
    #expect(
      Set(OptimizerMethod.allCases.map(\.rawValue))
        == Set(Optimizer.Method.allCases.map(\.rawValue)))
  }

  @Test func `what is written of the rarer methods comes through`() throws {
    let parameters = try optimizer([
      ("method", .string("rprop")), ("shrinking", .double(0.4)), ("growth", .double(1.5)),
      ("least_step", .double(1e-5)), ("greatest_step", .double(10)), ("rate_decay", .double(0.1)),
      ("rate_power", .double(0.5)), ("momentum_decay", .double(0.01)), ("smoothing", .double(0.8)),
    ])
    let expected = Optimizer(
      .rprop, smoothing: 0.8, momentumDecay: 0.01, rateDecay: 0.1, ratePower: 0.5, shrinking: 0.4,
      growth: 1.5, leastStep: 1e-5, greatestStep: 10)
    #expect(parameters.optimizer == expected)
  }

  @Test func `what is written of the rarer arguments comes through`() throws {
    let parameters = try optimizer([
      ("dampening", .double(0.1)), ("lr_decay", .double(0.2)),
      ("initial_accumulator_value", .double(0.3)), ("amsgrad", .bool(true)),
      ("centered", .bool(true)), ("decoupled_weight_decay", .bool(true)), ("maximize", .bool(true)),
    ])
    let expected = Optimizer(
      .adam, dampening: 0.1, lrDecay: 0.2, initialAccumulatorValue: 0.3, amsgrad: true,
      centered: true, decoupledWeightDecay: true, maximize: true)
    #expect(parameters.optimizer == expected)
  }

  @Test func `maximizing turns the loss, and not the penalty`() {
    let problem = LogisticProblem(columns: 1, classes: 2, fitIntercept: true)
    var descent = Descent(
      problem, penalty: .l2, alpha: 0.5, optimizer: Optimizer(.sgd, maximize: true))
    var parameters = [2.0, 1]
    descent.step(&parameters, gradient: [3, -1], rate: 0.1)
    // Up by 3 and shrunk by 0.5 · 2; the intercept has no penalty.
    #expect(parameters.count == 2)
    #expect(abs(parameters[0] - (2 + 0.1 * (3 - 1))) < 1e-15)
    #expect(abs(parameters[1] - 0.9) < 1e-15)
  }

  @Test func `iterations are the rounds of the schedule, and all rounds where none are written`()
    throws
  {
    let linear = (key: "method", value: ConfigValue.string("linear"))
    let three = (key: "iterations", value: ConfigValue.int(3))
    let half = (key: "factor", value: ConfigValue.double(0.5))
    #expect(try schedule([]) == .constant)
    #expect(try schedule([three]) == .constant)
    #expect(try schedule([half]) == .reduced(factor: 0.5, rounds: 20))
    #expect(try schedule([half, three]) == .reduced(factor: 0.5, rounds: 3))
    #expect(try schedule([linear, three]) == .linear(start: 1, end: 0.1, rounds: 3))
    #expect(try schedule([linear]) == .linear(start: 1, end: 0.1, rounds: 20))
    #expect(
      try schedule([("method", .string("inverse_root"))]) == .inverseRoot(decay: 0.1))
  }

  private typealias Entries = [(key: String, value: ConfigValue)]

  private func optimizer(_ written: Entries) throws -> OptimizerParameters {
    try #require(OptimizerParameters(parameter: over(OptimizerParameters().parameter, written)))
  }

  /// Of 20 rounds.
  private func schedule(_ written: Entries) throws -> LearningRateSchedule {
    try #require(ScheduleParameters(parameter: over(ScheduleParameters().parameter, written)))
      .schedule(rounds: 20)
  }

  /// The defaults, with what is written over them.
  private func over(_ usual: ConfigValue, _ written: Entries) -> ConfigValue {
    guard case .map(var entries) = usual else { return usual }
    entries.removeAll { entry in written.contains { $0.key == entry.key } }
    return .map(entries + written)
  }
}
