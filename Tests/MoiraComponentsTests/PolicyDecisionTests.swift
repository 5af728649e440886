import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

/// Each refusal in its words.
@Suite struct PolicyDecisionTests {
  private typealias Bench = PolicyBench

  private func refusals(
    _ policy: String, _ pipeline: String = Bench.pipeline, submitter: String = "alice",
    rows: Int? = 100, spent: @escaping @Sendable (String, PartyID) -> Double = { _, _ in 0 }
  ) throws -> [String] {
    Bench.words(
      try Bench.decide(policy, pipeline, submitter: submitter, rows: rows, spent: spent))
  }

  /// The open policy with one line in place of that which begins alike, or at its end.
  private func open(with line: String) -> String {
    let key = line.prefix { $0 != ":" }
    let kept = Bench.open.split(separator: "\n").filter { !$0.hasPrefix("  \(key):") }
    return (kept + ["  \(line)"]).joined(separator: "\n") + "\n"
  }

  @Test("What the policy names is granted")
  func granted() throws {
    let decision = try Bench.decide()
    #expect(decision.granted)
    #expect(decision == ConsentDecision(refusals: [], reserves: []))
    #expect(decision.failure(of: "a") == nil)
  }

  @Test("Without a policy everything is refused")
  func missing() throws {
    let profile = PartyProfile(id: "a", datasets: [])
    let decision = profile.decide(
      Bench.proposal(try Bench.plan(Bench.pipeline)), catalog: Bench.catalog, rows: { _ in 9 },
      spent: { _, _ in 0 })
    #expect(
      Bench.words(decision) == [
        "policy-missing policy a party without 'policy' takes part in no job of a hub, but 'alice' asks 'a' to | 'policy' in the party's file says what is allowed; a new file has an example"
      ])
  }

  @Test("An empty policy refuses by every rule that allows something")
  func defaultDeny() throws {
    let decision = try Bench.decide("  release: []\n")
    #expect(
      decision.refusals.map { "\($0.code) \($0.rule ?? "-")" } == [
        "policy-submitter policy.submitters", "policy-partner policy.partners",
        "policy-partner policy.partners", "policy-partner policy.partners",
        "policy-role policy.roles", "policy-component policy.components",
        "policy-component policy.components", "policy-component policy.components",
        "policy-component policy.components", "policy-dataset policy.datasets",
      ])
    #expect(decision.refusals.allSatisfy { $0.site?.line == 3 })
    #expect(!decision.granted)
    #expect(
      decision.failure(of: "a")?.message
        == "'a' refused the job: 'policy.submitters' must name who submits a job, but 'alice' is not in it (and 9 more)"
    )
    #expect(decision.failure(of: "a")?.code == "policy-submitter")
  }

  @Test("What crosses to others holds nothing of what is allowed, and no place")
  func shared() throws {
    let decision = try Bench.decide(Bench.open, submitter: "bob").shared
    #expect(
      Bench.words(decision) == [
        "policy-submitter policy.submitters 'policy.submitters' must name who submits a job, but 'bob' is not in it"
      ])
    #expect(!decision.granted)
  }

  @Test("Submitters, partners and roles")
  func people() throws {
    #expect(
      try refusals(Bench.open, submitter: "bob") == [
        "4:3 policy-submitter policy.submitters 'policy.submitters' must name who submits a job, but 'bob' is not in it | it allows alice"
      ])
    #expect(
      try refusals(open(with: "partners: [b, hub]")) == [
        "8:3 policy-partner policy.partners 'policy.partners' must name who is in a job with 'a', but 'c' is not in it | it allows b, hub"
      ])
    #expect(
      try refusals(open(with: "roles: [host, arbiter]")) == [
        "8:3 policy-role policy.roles 'policy.roles' must name what 'a' is in a job, but guest is not in it | it allows host, arbiter"
      ])
    for key in ["submitters", "partners", "roles"] {
      #expect(try refusals(open(with: "\(key): any")) == [])
      #expect(try refusals(open(with: "\(key): [any]")) == [])
    }
  }

  @Test("Components, in all versions or in one")
  func components() throws {
    let allowed = "components: [reader, partitioner@1, encryptor@2, homo_lr"
    #expect(try refusals(open(with: allowed + "@2]")) == [])
    #expect(
      try refusals(open(with: allowed + "@1]")) == [
        "8:3 policy-component policy.components 'policy.components' must name what runs at 'a', but 'homo_lr' version 2 of task 'train' is not in it | it allows reader, partitioner@1, encryptor@2, homo_lr@1"
      ])
  }

  @Test("Datasets, and the rules of one")
  func datasets() throws {
    #expect(
      try refusals(open(with: "datasets: [digits]")) == [
        "8:3 policy-dataset policy.datasets 'policy.datasets' must name what is read at 'a', but 'breast' of task 'read' is not in it | it allows digits"
      ])
    #expect(
      try refusals(open(with: "datasets: {breast: {submitters: [carol]}}")) == [
        "8:35 policy-submitter policy.datasets.breast.submitters 'policy.datasets.breast.submitters' must name who uses 'breast', but 'alice' is not in it | it allows carol"
      ])
    #expect(
      try refusals(open(with: "datasets: {breast: {components: [reader, partitioner]}}")) == [
        "8:35 policy-component policy.datasets.breast.components 'policy.datasets.breast.components' must name where the rows of 'breast' go, but 'homo_lr' version 2 of task 'train' is not in it | it allows reader, partitioner"
      ])
    #expect(try refusals(open(with: "datasets: any")) == [])
    #expect(
      try refusals(open(with: "datasets: {any: {minimum_rows: 101}}")).first?.hasPrefix(
        "8:34 policy-rows policy.datasets.any.minimum_rows ") == true)
  }

  @Test("A dataset that is not registered")
  func unregistered() throws {
    let pipeline = Bench.pipeline.replacing("dataset: breast", with: "dataset: brest")
    #expect(
      try refusals(open(with: "datasets: any"), pipeline) == [
        "8:3 dataset-unregistered policy.datasets 'a' has no dataset 'brest', which task 'read' names | 'breast' is near"
      ])
  }

  @Test("Files by their paths, and rows of earlier jobs")
  func origins() throws {
    let policy = open(with: "datasets: any")
    let path = Bench.pipeline.replacing("dataset: breast", with: "path: /etc/passwd")
    #expect(
      try refusals(policy, path) == [
        "8:3 policy-dataset policy.datasets task 'read' must read a registered dataset at 'a', but names a file by its path | 'moira party dataset add NAME PATH' registers it; then 'dataset: NAME'"
      ])
    let earlier = Bench.pipeline.replacing(
      "{component: reader, parameters: {dataset: breast, id: id, label: y}}",
      with:
        "{component: table_reader, parameters: {artifact: \(String(repeating: "a", count: 64))}}")
    #expect(
      try refusals(policy, earlier) == [
        "8:3 policy-dataset policy.datasets the rows of task 'read' must come from a registered dataset of 'a', but nothing says that they do | rows of earlier jobs may be of any dataset, so their rules cannot be kept"
      ])
  }

  @Test("Rows that are too few, or cannot be counted")
  func rows() throws {
    let policy = open(with: "datasets: {breast: {minimum_rows: 50}}")
    #expect(try refusals(policy, rows: 50) == [])
    #expect(
      try refusals(policy, rows: 49) == [
        "8:37 policy-rows policy.datasets.breast.minimum_rows 'breast' must have the rows that 'policy.datasets.breast.minimum_rows' asks for, but has fewer | at least 50 are asked for, and it has 49"
      ])
    #expect(
      try refusals(policy, rows: nil) == [
        "8:37 policy-rows policy.datasets.breast.minimum_rows 'breast' must have the rows that 'policy.datasets.breast.minimum_rows' asks for, but they cannot be counted | 'moira party show a' says why"
      ])
  }

  @Test("The method that hides what is sent of rows")
  func protection() throws {
    let none = Bench.pipeline.replacing(
      "{component: encryptor}", with: "{component: encryptor, parameters: {method: none}}")
    #expect(
      try refusals(Bench.open, none) == [
        "3:1 policy-protection policy.protections 'policy.protections' must name what hides the sums of task 'train', but 'none' is not in it | it allows secure_aggregation, secret_sharing, paillier"
      ])
    #expect(try refusals(open(with: "protections: any"), none) == [])
    let unwired = Bench.pipeline.replacing(", protection: keys.protection", with: "")
    #expect(try refusals(Bench.open, unwired) == [])
    #expect(
      try refusals(open(with: "protections: [paillier]"), unwired) == [
        "9:3 policy-protection policy.protections 'policy.protections' must name what hides the sums of task 'train', but 'secure_aggregation' is not in it | it allows paillier"
      ])
  }

  @Test("The method that counts is the one at this party")
  func protectionHere() throws {
    let mixed = Bench.pipeline.replacing(
      "{component: encryptor}",
      with: "{component: encryptor, at: {a: {method: none}}}")
    #expect(try Bench.decide(Bench.open, mixed).refusals.map(\.code) == ["policy-protection"])
  }

  @Test("Hours and limits")
  func hoursAndLimits() throws {
    #expect(
      try refusals(open(with: "hours: {from: \"20:00\", to: \"06:00\", utc_offset: \"+01:00\"}"))
        == [
          "9:3 policy-hours policy.hours 'policy.hours' must be open when a job is asked for, but they are closed | they are 20:00 to 06:00 (UTC+01:00) every day; it is 13:00 on mon"
        ])
    #expect(try refusals(open(with: "hours: {from: \"11:00\", to: \"13:00\", days: mon}")) == [])
    #expect(
      try refusals(open(with: "limits: {tasks: 3, parallelism: 3, memory: 512, timeout: 60}")) == [
        "9:19 policy-limit policy.limits.tasks the job must keep to 'policy.limits.tasks', but has 4 tasks | at most 3 are allowed",
        "9:35 policy-limit policy.limits.parallelism the job must keep to 'policy.limits.parallelism', but has 4 tasks at once | at most 3 are allowed",
        "9:46 policy-limit policy.limits.memory the job must keep to 'policy.limits.memory', but does not say how much it takes | 'conf: {memory: 512}' or less is allowed",
      ]
        + ["read", "split", "keys", "train"].map {
          "9:60 policy-limit policy.limits.timeout task '\($0)' must keep to 'policy.limits.timeout', but does not say how long it may take | 'conf: {timeout: 60}' or less is allowed"
        })
    let stated = Bench.pipeline + "conf: {memory: 600, timeout: 61, parallelism: 2}\n"
    let limits = open(with: "limits: {tasks: 4, parallelism: 2, memory: 600, timeout: 61}")
    #expect(try refusals(limits, stated) == [])
    let less = open(with: "limits: {memory: 599, timeout: 60.5}")
    #expect(
      try Bench.decide(less, stated).refusals.map(\.message) == [
        "the job must keep to 'policy.limits.memory', but takes 600 megabytes"
      ]
        + ["read", "split", "keys", "train"].map {
          "task '\($0)' must keep to 'policy.limits.timeout', but may take 61 seconds"
        })
  }

  @Test("A component that this build has not, or in another version")
  func catalog() throws {
    let schemas = Bench.catalog.all.filter { $0.name != "homo_lr" }
    #expect(
      Bench.words(try Bench.decide(catalog: ComponentSchemas(schemas))) == [
        "catalog-mismatch - the plan wants 'homo_lr' version 2, but 'a' has none | use the same build of Moira at all parties"
      ])
    let plan = try Bench.changed(try Bench.plan(Bench.pipeline)) {
      $0.replacing(
        "\"component\":\"partitioner\",\"componentVersion\":1",
        with: "\"component\":\"partitioner\",\"componentVersion\":7")
    }
    let decision = try Bench.profile(Bench.open).decide(
      Bench.proposal(plan), catalog: Bench.catalog, rows: { _ in 9 }, spent: { _, _ in 0 })
    #expect(
      decision.refusals.map(\.message)
        == ["the plan wants 'partitioner' version 7, but 'a' has version 1"])
  }
}
