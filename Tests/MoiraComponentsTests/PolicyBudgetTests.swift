import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

/// What differential privacy may spend of a dataset.
@Suite struct PolicyBudgetTests {
  private typealias Bench = PolicyBench

  private func policy(_ epsilon: String) -> String {
    Bench.open.replacing("[breast]", with: "{breast: {epsilon: \(epsilon)}}")
  }

  private func messages(
    _ pipeline: String, _ epsilon: String = "{per_partner: 3}",
    spent: @escaping @Sendable (String, PartyID) -> Double = { _, _ in 0 }
  ) throws -> [String] {
    try Bench.decide(policy(epsilon), pipeline, spent: spent).refusals.map {
      "\($0.code) \($0.message)" + ($0.hint.map { " | \($0)" } ?? "")
    }
  }

  private func with(_ privacy: String) -> String {
    Bench.pipeline + "    parameters: {privacy: \(privacy)}\n"
  }

  private let rule =
    "policy-budget task 'train' must keep to 'policy.datasets.breast.epsilon' with the rows of 'breast', but"

  @Test("A training with noise reserves its epsilon towards every other party in it")
  func reserves() throws {
    let decision = try Bench.decide(policy("3"), Bench.noisy)
    #expect(decision.granted)
    #expect(
      decision.reserves
        == ["b", "c", "hub"].map {
          EpsilonReserve(dataset: "breast", partner: $0, task: "train", epsilon: 1, attempts: 1)
        })
  }

  @Test("A training without noise, with too much, or with noise of the arbiter's is refused")
  func training() throws {
    #expect(
      try messages(Bench.pipeline) == [
        "\(rule) trains without differential privacy | privacy: {unit: example, epsilon: 3}"
      ])
    #expect(
      try messages(with("{unit: example, noise: 2}")) == [
        "\(rule) does not say how much it may spend | 'privacy.epsilon' says it beside 'noise'"
      ])
    #expect(
      try messages(with("{unit: distributed, epsilon: 1, delta: 1e-4}")) == [
        "\(rule) its delta is 0.0001 | at most 1e-05 is allowed"
      ])
    #expect(
      try messages(with("{unit: central, epsilon: 1}")) == [
        "\(rule) leaves the noise to the arbiter, who sees the sum without it | 'privacy.unit' may be example or distributed"
      ])
  }

  @Test("Sums without noise are refused unless their component is named")
  func sums() throws {
    let pipeline =
      Bench.noisy + """
          test:
            component: evaluator
            inputs: {model: train.model, baseline: train.baseline, data: split.test}
            parameters: {share_baselines: true}

        """
    let rule = rule.replacing("'train'", with: "'test'")
    let baselines = "\(rule) shares a model that was trained on them without noise"
    #expect(
      try messages(pipeline) == [
        baselines, "\(rule) sends sums of them without noise | 'without_noise' allows none",
      ])
    let named = "{per_partner: 3, without_noise: [evaluator]}"
    #expect(try messages(pipeline, named) == [baselines])
    let unshared = pipeline.replacing("share_baselines: true", with: "share_baselines: false")
    #expect(try messages(unshared, named) == [])
    let alone = unshared.replacing("share_baselines: false", with: "pooled: false")
    #expect(try messages(alone) == [])
  }

  @Test("What other jobs have spent counts, towards each partner by itself")
  func spent() throws {
    #expect(
      try messages(Bench.noisy, spent: { $1 == "c" ? 2.5 : 2 }) == [
        "policy-budget what the job spends of 'breast' towards 'c' must fit into 'policy.datasets.breast.epsilon.per_partner', but is epsilon 1 | 3 is allowed in all, and other jobs have 2.5"
      ])
    #expect(try messages(Bench.noisy, spent: { dataset, _ in dataset == "breast" ? 2 : 99 }) == [])
  }

  @Test("Two trainings add up, and so do attempts")
  func adding() throws {
    let twice =
      Bench.noisy + """
          again:
            component: homo_lr
            inputs: {train_data: read.table, protection: keys.protection}
            parameters: {privacy: {unit: example, epsilon: 2.5}}

        """
    let total = { (epsilon: String) in
      ["b", "c", "hub"].map {
        "policy-budget what the job spends of 'breast' towards '\($0)' must fit into 'policy.datasets.breast.epsilon.per_partner', but is epsilon \(epsilon) | 3 is allowed in all, and other jobs have 0"
      }
    }
    #expect(try messages(twice) == total("3.5"))
    #expect(try messages(Bench.noisy + "    conf: {retries: 3}\n") == total("4"))
    #expect(try messages(Bench.noisy + "    conf: {retries: 2}\n") == [])
  }

  @Test("A budget lasts for as many jobs as it pays for, whatever comes back in between")
  func severalJobs() throws {
    let profile = try Bench.profile(policy("{per_partner: 3}"))
    let plan = try Bench.plan(Bench.noisy)
    var ledger = EpsilonLedger()
    func ask(_ job: JobID) -> ConsentDecision {
      let seen = ledger
      let proposal = Proposal(
        job: job, plan: plan, submitter: "alice", party: "a", now: Bench.noon)
      let decision = profile.decide(
        proposal, catalog: Bench.catalog, rows: { _ in 9 },
        spent: { seen.spent($0, $1, besides: job) })
      if decision.granted { _ = ledger.reserve(decision.reserves, for: job) }
      return decision
    }
    #expect(ask("1").granted)
    #expect(ask("2").granted)
    #expect(ask("3").granted)
    #expect(!ask("4").granted)
    // Asked again after a restart, a job that has its reserve keeps it.
    #expect(ask("3").granted)
    #expect(ledger.spent("breast", "b") == 3)
    #expect(ledger.begin("train", attempt: 1, of: "1") == true)
    #expect(ledger.release("1") == false)
    #expect(!ask("4").granted)
    #expect(ledger.release("2") == true)
    #expect(ask("4").granted)
    #expect(!ask("5").granted)
  }

  @Test("A dataset without a budget may be trained on without noise")
  func without() throws {
    #expect(try Bench.decide(Bench.open, Bench.pipeline).granted)
    #expect(try Bench.decide(Bench.open, Bench.noisy).reserves == [])
  }

  @Test("Rows are followed through every task, to validation too")
  func following() throws {
    let text = Bench.pipeline.replacing("dataset: breast", with: "dataset: digits")
      .replacing(
        "tasks:\n", with: "tasks:\n  more: {component: reader, parameters: {dataset: breast}}\n"
      )
      .replacing("split.train,", with: "split.train, validate_data: more.table,")
    let policy = Bench.open.replacing("[breast]", with: "{digits: , breast: {epsilon: 3}}")
    #expect(
      try Bench.decide(policy, text).refusals.map(\.code) == ["policy-budget"])
  }
}
