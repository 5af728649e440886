import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraTable
import MoiraYAML
import Testing

@testable import MoiraComponents

/// Whole jobs in which a hospital is cut off in the midst of training.
@Suite("A job outlives a party", .timeLimit(.minutes(2)))
struct DropOutTests {
  static let hospitals = (0..<5).map { PartyID("hospital-\($0)") }

  static func pipeline(aggregation: String, epochs: Int) -> String {
    """
    moira: 1
    name: drop-out
    parties:
      guest: hospital-0
      host: [hospital-1, hospital-2, hospital-3, hospital-4]
      arbiter: hub
    tasks:
      keys_0:
        component: encryptor
        parameters: {round_timeout: 5}
      reader_0:
        component: reader
        parameters: {dataset: rows, id: id, label: y}
      homo_lr_0:
        component: homo_lr
        inputs: {train_data: reader_0.table, protection: keys_0.protection}
        parameters:
          epochs: \(epochs)
          aggregation: \(aggregation)
          optimizer: sgd
          learning_rate: 0.3
          alpha: 0
          local_baseline: false
      evaluation_0:
        component: evaluator
        inputs: {model: homo_lr_0.model, data: reader_0.table, protection: keys_0.protection}
    """
  }

  struct Outcome {
    let end: JobSnapshot
    let models: [PartyID: LogisticModel]
    let warnings: [String]
  }

  private func run(
    _ rows: PooledRows, aggregation: String = "gradient", epochs: Int = 6,
    cuts: [TransportFaults.Cut]
  ) async throws -> Outcome {
    let clock = ManualClock(Instant(milliseconds: 1_000_000))
    let artifacts = Dictionary(
      uniqueKeysWithValues: (Self.hospitals + ["hub"]).map { ($0, MemoryArtifactStore()) })
    var grounds: [PartyID: Federation.Ground] = [:]
    for (party, store) in artifacts {
      let place = Self.hospitals.firstIndex(of: party)
      let text = place.map { rows.csv(of: $0) } ?? ""
      grounds[party] = Federation.Ground(
        artifacts: store, datasets: MemoryDatasets(party, ["rows": Array(text.utf8)]))
    }
    let federation = Federation(
      catalog: standardCatalog, parties: grounds, clock: clock, faults: .init(cuts: cuts))
    let coordinator = Coordinator(
      store: MemoryJobStore(), links: federation.links, clock: clock)
    let text = Self.pipeline(aggregation: aggregation, epochs: epochs)
    let plan = try Plan(
      Pipeline(reading: readYAML(text, file: "p.yaml")), catalog: standardCatalog.schemas)
    let running = try await coordinator.submit(
      plan, as: "drop", source: PipelineSource(file: "", text: text, overrides: [], parties: ""))
    // Time goes on only when every part of a task waits for a message.
    let time = Task {
      while !Task.isCancelled {
        if federation.transport.waitingParts == 6 { clock.advanceToNextAlarm() }
        await Task.yield()
      }
    }
    defer { time.cancel() }
    var warnings: [String] = []
    var end: JobSnapshot?
    for await update in running.updates {
      if case .ended(let snapshot) = update { end = snapshot }
      if case .report(let report) = update, case .log(_, let text) = report.report {
        warnings.append(text)
      }
    }
    let snapshot = try #require(end)
    var models: [PartyID: LogisticModel] = [:]
    for (party, references) in snapshot.tasks.first(where: { $0.id == "homo_lr_0" })?.outputs ?? [:]
    {
      guard let made = references.first(where: { $0.port == "model" }) else { continue }
      models[party] = try LogisticModel(
        artifact: try await #require(artifacts[party]).get(made.hash))
    }
    return Outcome(end: snapshot, models: models, warnings: warnings)
  }

  @Test(
    "whenever a hospital vanishes, the others end with the model of the rows that were there",
    arguments: 8...17)
  func vanishes(afterSending: Int) async throws {
    let rows = PooledRows(seed: 61, parties: 5, count: 100)
    let outcome = try await run(
      rows, cuts: [.init("hospital-3", in: "homo_lr_0", afterSending: afterSending)])
    let end = outcome.end
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.attempt == 1 && $0.failures.isEmpty })
    let training = try #require(end.tasks.first { $0.id == "homo_lr_0" })
    #expect(training.absent == ["hospital-3"])
    #expect(end.tasks.last?.outputs.keys.contains("hospital-3") == false)
    let stayed = Self.hospitals.filter { $0 != "hospital-3" }
    #expect(outcome.models.keys.sorted() == stayed)
    #expect(Set(outcome.models.values.map(\.parameters)).count == 1)
    #expect(outcome.warnings.contains { $0.contains("hospital-3 was silent in round") })
  }

  @Test("a hospital that was cut off from the first step is as if it had not taken part")
  func fromTheStart() async throws {
    let rows = PooledRows(seed: 62, parties: 5, count: 100)
    // Schema, label agreement and its first offer are the last that it sends.
    let outcome = try await run(
      rows, epochs: 10,
      cuts: [.init("hospital-4", in: "homo_lr_0", afterSending: Self.messagesBeforeSums)])
    let stayed = rows.without(owner: 4)
    var expected = [Double](repeating: 0, count: rows.columns + 1)
    for _ in 0..<10 {
      let gradient = stayed.gradient(expected, alpha: 0)
      for place in expected.indices { expected[place] -= 0.3 * gradient[place] }
    }
    let model = try #require(outcome.models["hospital-0"])
    for (ours, theirs) in zip(model.parameters, expected) { #expect(abs(ours - theirs) < 1e-9) }
  }

  /// What a client sends before its first offer of keys for sums.
  static let messagesBeforeSums = 5

  @Test("a hospital that comes back is in the sums again, and ends with the model of all")
  func comesBack() async throws {
    let rows = PooledRows(seed: 63, parties: 5, count: 100)
    let outcome = try await run(
      rows, epochs: 24,
      cuts: [.init("hospital-2", in: "homo_lr_0", afterSending: 20, untilWaiting: 8)])
    #expect(outcome.end.state == .succeeded)
    #expect(outcome.end.tasks.allSatisfy { $0.absent.isEmpty })
    #expect(outcome.models.keys.sorted() == Self.hospitals)
    #expect(Set(outcome.models.values.map(\.parameters)).count == 1)
    #expect(outcome.warnings.contains { $0.contains("hospital-2 was silent in round") })
    #expect(outcome.warnings.contains { $0.contains("hospital-2 is back in round") })
  }

  @Test("with two of five gone, fewer than the threshold are left: the task fails and names them")
  func tooFew() async throws {
    let outcome = try await run(
      PooledRows(seed: 64, parties: 5, count: 100),
      cuts: [
        .init("hospital-1", in: "homo_lr_0", afterSending: 12),
        .init("hospital-4", in: "homo_lr_0", afterSending: 12),
      ])
    #expect(outcome.end.state == .failed)
    let failure = outcome.end.tasks.first { $0.id == "homo_lr_0" }?.failure
    #expect(failure?.code == "parties-silent")
    #expect(failure?.message.contains("nothing came from hospital-1, hospital-4") == true)
    #expect(failure?.message.contains("at least 4 parties must send") == true)
  }
}

extension PooledRows {
  func csv(of owner: Int) -> String {
    var text = "id,y," + (0..<columns).map { "x\($0)" }.joined(separator: ",") + "\n"
    for row in rows.indices where owners[row] == owner {
      let values = rows[row].map { "\($0)" }.joined(separator: ",")
      text += "p\(row),\(Int(labels[row])),\(values)\n"
    }
    return text
  }

  func without(owner: Int) -> PooledRows {
    var copy = self
    let kept = rows.indices.filter { owners[$0] != owner }
    copy.rows = kept.map { rows[$0] }
    copy.labels = kept.map { labels[$0] }
    copy.owners = kept.map { owners[$0] }
    return copy
  }
}
