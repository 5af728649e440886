import Foundation
import Testing

/// What a site sees of its policy and of its audit log.
struct PartyPolicyTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    #expect(try place.moira("init", "homo_lr", "--with-data").status == 0)
  }

  private func allow(_ policy: String) throws {
    try place.write(
      "id: hospital-a\ndatasets: {breast: breast-cancer.csv}\npolicy:\n" + policy,
      to: "parties/hospital-a/party.yaml")
  }

  private static let open = """
      submitters: [alice]
      partners: [hospital-b, hospital-c, hub]
      roles: [guest]
      components: [reader, partitioner, encryptor, feature_scale, homo_lr@2, evaluator]
      datasets: {breast: {minimum_rows: 160}}

    """

  @Test func aPipelineIsGrantedWithWhatItAsksOf() throws {
    try allow(Self.open)
    let outcome = try place.moira(
      "party", "plan", "homo_lr.yaml", "--party", "hospital-a", "--submitter", "alice")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.first == "breast-homo-lr asks of 'hospital-a', as guest:")
    #expect(
      outcome.lines.contains(
        "    leaves            its values, to be added up among hospital-b, hospital-c and hub, hidden by secure_aggregation"
      ))
    #expect(
      outcome.lines.last == "granted: 'hospital-a' takes part in what 'alice' submits")
  }

  @Test func aRefusalShowsTheLineOfTheRuleAndEndsWith77() throws {
    try allow(Self.open.replacing("160", with: "161"))
    let outcome = try place.moira(
      "party", "plan", "homo_lr.yaml", "--party", "parties/hospital-a", "--submitter", "bob",
      "--set", "encryptor_0.method=paillier")
    #expect(outcome.status == 77)
    #expect(
      outcome.errors == """
        parties/hospital-a/party.yaml:4:3: error: 'policy.submitters' must name who submits a job, but 'bob' is not in it [policy-submitter]
         4 |   submitters: [alice]
           |   ^
          help: it allows alice
        parties/hospital-a/party.yaml:8:37: error: 'breast' must have the rows that 'policy.datasets.breast.minimum_rows' asks for, but has fewer [policy-rows]
         8 |   datasets: {breast: {minimum_rows: 161}}
           |                                     ^
          help: at least 161 are asked for, and it has 160
        2 errors

        """)
    #expect(outcome.lines.last == "refused: 'hospital-a' takes no part in what 'bob' submits")
  }

  @Test func programsGetTheSameAsJSON() throws {
    try allow(Self.open)
    let outcome = try place.moira(
      "party", "plan", "homo_lr.yaml", "--party", "hospital-a", "--format", "json")
    #expect(outcome.status == 77)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let refusals = json["refusals"] as? [[String: Any]] ?? []
    let parts = json["parts"] as? [[String: Any]] ?? []
    let training = parts.first { $0["task"] as? String == "homo_lr_0" }
    #expect(json["granted"] as? Bool == false)
    #expect(refusals.map { $0["rule"] as? String } == ["policy.submitters"])
    #expect(training?["protection"] as? String == "secure_aggregation")
  }

  @Test func aPolicyIsSaidInWordsAndItsDoubtsAreShown() throws {
    try allow(Self.open.replacing("evaluator]", with: "evaluater]"))
    let outcome = try place.moira("party", "policy", "hospital-a")
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains(
        "'policy.components' names 'evaluater', which this build does not have [policy-doubt]"))
    #expect(
      outcome.lines.contains { $0.hasSuffix("'breast' may be read: if it has 160 rows or more.") })
    try allow("  submiters: [alice]\n")
    let wrong = try place.moira("party", "policy", "hospital-a")
    #expect(wrong.status == 65)
    #expect(wrong.errors.contains("did you mean 'submitters'?"))
  }

  @Test func anAuditLogIsListedVerifiedAndFoundOut() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let vectors = root.appendingPathComponent("Vectors/audit").path
    let file = "\(place.path)/parties/hospital-a/state/audit.jsonl"
    try place.write(
      try String(contentsOfFile: "\(vectors)/audit.jsonl", encoding: .utf8),
      to: "parties/hospital-a/state/audit.jsonl")
    try place.write(
      try String(contentsOfFile: "\(vectors)/audit.jsonl.head", encoding: .utf8),
      to: "parties/hospital-a/state/audit.jsonl.head")
    let listed = try place.moira("party", "audit", "hospital-a")
    #expect(listed.status == 0, "\(listed.errors)")
    #expect(listed.lines.count == 5)
    #expect(listed.lines[1].hasSuffix("decision       granted true, job 7f3a, submitter alice"))
    #expect(listed.lines[2].hasSuffix("part-started   attempt 1, job 7f3a, task homo_lr_0"))
    let verify = ["party", "audit", "hospital-a", "--verify"]
    let verified = try place.run(verify + ["--key", Self.key])
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(
      verified.lines.first == "parties/hospital-a/state/audit.jsonl: 4 lines follow one another")
    #expect(verified.lines.last?.hasPrefix("up to line 4 signed by hospital-a at ") == true)
    #expect(verified.lines.last?.hasSuffix(", key \(Self.key)") == true)
    let other = try place.run(verify + ["--key", String(repeating: "0", count: 64)])
    #expect(other.status == 77)
    #expect(other.errors.contains("has a head that another key or party signed [audit-damaged]"))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing("true", with: "false").write(
      toFile: file, atomically: true, encoding: .utf8)
    let changed = try place.run(verify)
    #expect(changed.status == 77)
    #expect(
      changed.errors
        == "error: line 1 of parties/hospital-a/state/audit.jsonl was changed: its hash is not that of its bytes [audit-damaged]\n"
    )
    try FileManager.default.removeItem(atPath: file)
    let gone = try place.moira("party", "audit", "hospital-a")
    #expect(gone.status == 77)
    #expect(gone.errors.contains("is missing: the signed head knows of 4 lines"))
  }

  /// That of the signed head among the vectors.
  private static let key = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"
}
