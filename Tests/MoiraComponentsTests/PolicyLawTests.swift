import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import Testing

/// What must hold of every policy and every plan.
@Suite struct PolicyLawTests {
  private typealias Bench = PolicyBench
  private static let pipelines = [
    "homo_lr", "homo_lr_algebraic", "homo_lr_paillier", "homo_lr_predict", "homo_lr_privacy",
    "homo_lr_privacy_central", "homo_lr_privacy_distributed", "homo_lr_secret_sharing",
    "homo_lr_unprotected", "homo_lr_warm_start", "statistics",
  ]
  private static let words: [String: [String]] = [
    "submitters": ["alice", "bob"], "partners": ["hospital-b", "hospital-c", "hub"],
    "roles": ["guest", "host", "arbiter"],
    "protections": ["secure_aggregation", "secret_sharing", "paillier", "algebraic", "none"],
    "components": [
      "reader", "partitioner", "encryptor", "feature_scale", "homo_lr", "homo_lr@2", "homo_lr@1",
      "evaluator", "statistics", "predictor", "sample", "model_reader",
    ],
  ]

  private struct Draw {
    var random: SeededGenerator

    mutating func subset(_ key: String) -> [String] {
      if Int.random(in: 0..<4, using: &random) == 0 { return ["any"] }
      return (PolicyLawTests.words[key] ?? []).filter { _ in
        Int.random(in: 0..<5, using: &random) > 0
      }
    }

    mutating func often() -> Bool { Int.random(in: 0..<3, using: &random) > 0 }

    mutating func rule() -> DatasetRules.Rule {
      var rule = DatasetRules.Rule()
      if !often() { rule.submitters = NameRule(subset("submitters")) }
      if !often() { rule.components = ComponentRule(subset("components")) }
      rule.minimumRows = Int.random(in: 0...120, using: &random)
      if !often() {
        rule.epsilon = EpsilonBudget(
          perPartner: Double.random(in: 1...12, using: &random), delta: 1e-3,
          withoutNoise: ComponentRule(subset("components")))
      }
      return rule
    }

    mutating func policy() -> PartyPolicy {
      var policy = PartyPolicy()
      policy.submitters = NameRule(subset("submitters"))
      policy.partners = NameRule(subset("partners"))
      policy.roles = NameRule(subset("roles"))
      policy.protections = NameRule(subset("protections"))
      policy.components = ComponentRule(subset("components"))
      policy.datasets = DatasetRules(["breast", "new-patients"].map { ($0, rule()) })
      if !often() {
        policy.hours = OpeningHours(
          from: Int.random(in: 0..<700, using: &random), to: 1400, utcOffset: 0,
          days: often() ? [.mon, .tue] : [.sun])
      }
      if !often() { policy.limits = .init(tasks: Int.random(in: 4...12, using: &random)) }
      return policy
    }

    /// A policy that allows all that this one does.
    mutating func wider(_ old: PartyPolicy) -> PartyPolicy {
      var policy = old
      switch Int.random(in: 0..<9, using: &random) {
      case 0: policy.submitters = wider(old.submitters, "submitters")
      case 1: policy.partners = wider(old.partners, "partners")
      case 2: policy.roles = wider(old.roles, "roles")
      case 3: policy.protections = wider(old.protections, "protections")
      case 4: policy.components = wider(old.components)
      case 5: policy.hours = nil
      case 6: policy.limits = .init(tasks: old.limits.tasks.map { $0 + 3 })
      default:
        policy.datasets = DatasetRules(
          old.datasets.names.map { ($0, wider(old.datasets[$0] ?? .init())) })
      }
      return policy
    }

    private mutating func wider(_ rule: NameRule, _ key: String) -> NameRule {
      NameRule(rule.names + (rule.allowsAny ? ["any"] : []) + subset(key))
    }

    private mutating func wider(_ rule: ComponentRule) -> ComponentRule {
      ComponentRule(
        rule.entries.map(\.text) + (rule.allowsAny ? ["any"] : []) + subset("components"))
    }

    private mutating func wider(_ old: DatasetRules.Rule) -> DatasetRules.Rule {
      var rule = old
      switch Int.random(in: 0..<4, using: &random) {
      case 0: rule.submitters = nil
      case 1: rule.components = old.components.map { wider($0) }
      case 2: rule.minimumRows = old.minimumRows / 2
      default:
        rule.epsilon = old.epsilon.map {
          EpsilonBudget(
            perPartner: $0.perPartner * 2, delta: $0.delta * 2,
            withoutNoise: wider($0.withoutNoise))
        }
      }
      return rule
    }
  }

  private func decide(_ policy: PartyPolicy, _ plan: Plan, _ submitter: String) -> ConsentDecision {
    policy.decide(
      Bench.proposal(plan, submitter: submitter, party: "hospital-a"),
      facts: PolicyFacts(
        catalog: Bench.catalog, datasets: ["breast", "digits", "new-patients"],
        rows: { _ in 100 }, spent: { _, _ in 0.5 }))
  }

  private static var open: PartyPolicy {
    var policy = PartyPolicy()
    policy.submitters = NameRule(["any"])
    policy.partners = NameRule(["any"])
    policy.roles = NameRule(["any"])
    policy.protections = NameRule(["any"])
    policy.components = ComponentRule(["any"])
    policy.datasets = DatasetRules([("any", .init())])
    return policy
  }

  @Test(
    "Every template is consistent, and granted by a policy that allows all", arguments: pipelines)
  func templates(_ name: String) throws {
    let decision = decide(Self.open, try Bench.template(name), "alice")
    let isEarlier = ["homo_lr_predict", "homo_lr_warm_start"].contains(name)
    #expect(
      decision.granted || isEarlier && decision.refusals.allSatisfy { $0.code == "policy-dataset" },
      "\(Bench.words(decision))")
  }

  @Test("No template is granted by an empty policy", arguments: pipelines)
  func empty(_ name: String) throws {
    #expect(!decide(PartyPolicy(), try Bench.template(name), "alice").granted)
  }

  @Test("A wider policy refuses nothing that a narrower one lets pass", arguments: pipelines)
  func widening(_ name: String) throws {
    let plan = try Bench.template(name)
    for seed in 0..<100 {
      var draw = Draw(random: SeededGenerator(seed: UInt64(seed)))
      let policy = draw.policy()
      let wider = draw.wider(policy)
      let submitter = draw.often() ? "alice" : "bob"
      let before = decide(policy, plan, submitter)
      let after = decide(wider, plan, submitter)
      let new = Set(after.refusals.map(\.message)).subtracting(before.refusals.map(\.message))
      #expect(new.isEmpty, "seed \(seed): \(new)")
      #expect(after.granted || !before.granted, "seed \(seed)")
    }
  }

  @Test("The policies that are drawn grant some plans and refuse others")
  func drawing() throws {
    let plan = try Bench.template("homo_lr_sparse")
    let grants = (0..<3000).count { seed in
      var draw = Draw(random: SeededGenerator(seed: UInt64(seed)))
      return decide(draw.policy(), plan, "alice").granted
    }
    #expect(grants > 10 && grants < 2900, "\(grants)")
  }

  @Test("A rule that is lifted takes its own refusals away and no other's", arguments: pipelines)
  func independence(_ name: String) throws {
    let plan = try Bench.template(name)
    for seed in 0..<30 {
      var draw = Draw(random: SeededGenerator(seed: 1000 + UInt64(seed)))
      let policy = draw.policy()
      let before = decide(policy, plan, "bob").refusals
      let lifts: [(rule: String, lift: (inout PartyPolicy) -> Void)] = [
        ("policy.submitters", { $0.submitters = NameRule(["any"]) }),
        ("policy.partners", { $0.partners = NameRule(["any"]) }),
        ("policy.roles", { $0.roles = NameRule(["any"]) }),
        ("policy.components", { $0.components = ComponentRule(["any"]) }),
        ("policy.protections", { $0.protections = NameRule(["any"]) }),
        ("policy.hours", { $0.hours = nil }),
        ("policy.limits", { $0.limits = .init() }),
      ]
      for (rule, lift) in lifts {
        var lifted = policy
        lift(&lifted)
        let kept = before.filter { !($0.rule == rule || $0.rule?.hasPrefix(rule + ".") == true) }
        #expect(decide(lifted, plan, "bob").refusals == kept, "seed \(seed), \(rule)")
      }
    }
  }

  @Test("What is granted reserves what every budget can pay", arguments: 0..<10)
  func reserves(seed: Int) throws {
    let plan = try Bench.template("homo_lr_privacy")
    for round in 0..<40 {
      var draw = Draw(random: SeededGenerator(seed: UInt64(seed * 100 + round)))
      var policy = Self.open
      policy.datasets = DatasetRules([("breast", draw.rule())])
      let decision = decide(policy, plan, "alice")
      guard let budget = policy.datasets["breast"]?.epsilon else {
        #expect(decision.reserves.isEmpty)
        continue
      }
      guard decision.granted else {
        #expect(decision.reserves.isEmpty)
        continue
      }
      #expect(Set(decision.reserves.map(\.partner)) == ["hospital-b", "hospital-c", "hub"])
      for one in decision.reserves { #expect(one.total + 0.5 <= budget.perPartner) }
    }
  }

  @Test("Methods that a policy's default allows are those of the encryptor that hide values")
  func methods() throws {
    let schema = try #require(Bench.catalog["encryptor"]?.parameters["method"])
    guard case .choice(let names) = schema.kind else {
      Issue.record("the encryptor's method is no choice")
      return
    }
    let policy = try #require(try Bench.profile("  release: []\n").policy)
    #expect(policy.protections.names == names.filter { !["algebraic", "none"].contains($0) })
    // What components agree on where no encryptor is wired is what an encryptor does unless told.
    #expect(schema.defaultValue == .string("secure_aggregation"))
  }

  @Test("Names that this build lacks, and rules that let nothing through, are doubted")
  func doubts() throws {
    let policy = try #require(
      try Bench.profile(
        "  submitters: [alice]\n  roles: []\n  components: [homo_lr@9, raeder]\n  protections: [palier, none]\n"
      ).policy)
    #expect(
      policy.doubts(Bench.catalog).sorted.map { "\($0.site?.line ?? 0) \($0.message)" } == [
        "5 'policy.roles' allows none, so every job is refused",
        "6 'policy.components' names 'homo_lr@9', but this build has version 2",
        "6 'policy.components' names 'raeder', which this build does not have",
        "7 'policy.protections' names 'palier', which no encryptor of this build has",
        "7 'policy.protections' allows none: whoever adds up may learn of this party's rows",
      ])
  }
}
