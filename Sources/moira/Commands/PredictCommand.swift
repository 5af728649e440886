import ArgumentParser
import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraTable

/// Applies a job's model to a dataset of one party.
struct PredictCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Apply a job's model to a dataset that a party has registered.",
    discussion: "moira predict last --party hospital-a --dataset new-patients --output out.csv")

  @Argument(help: "The job that trained the model: its id, the beginning of it, or 'last'.")
  var job: String
  @Option(help: "The party that has the rows; by default the job's guest.") var party: String?
  @Option(help: "The dataset.") var dataset: String
  @Option(help: "The task that made the model, where there are several.") var task: String?
  @Option(help: "The column of ids; by default the one that the job's reader had.")
  var id: String?
  @Option(help: "The column of labels, if the dataset has one.") var label: String?
  @Option(help: "From which probability on the second class is predicted.")
  var threshold: Double = 0.5
  @Option(name: .shortAndLong, help: "The CSV file; by default it is printed.", completion: .file())
  var output: String?
  @Option(help: "The folder of the parties' folders; by default the job's.") var parties: String?
  @OptionGroup var home: HomeOptions
  var isJSON: Bool { false }

  func perform() async throws -> ExitStatus {
    let composition = Composition(home: home.folder)
    let store = try composition.storeForReading()
    let old = try await JobHistory(
      try await store.job(named: job), in: JobPlace(store, at: home.folder))
    let model = try model(of: old)
    let bytes = try await composition.artifacts(of: model.party).get(model.reference.hash)
    let isScaled = try Self.model(bytes).scaling != nil
    let text = pipeline(
      old.record.plan, at: model.party, model.reference.hash, applyScaling: isScaled)
    let loaded = try await LoadedPipeline(
      PipelineSource(
        file: "predict", text: text, overrides: [],
        parties: parties ?? old.record.source.parties), home: home.folder)
    let (snapshot, new) = try await run(loaded, in: store, composition)
    guard snapshot.state == .succeeded else {
      let text = JobText(
        RunBoard(plan: loaded.plan, job: new), snapshot, home: home.folder, style: .errors,
        isVerbose: false)
      for line in text.failures { Console.printError(line) }
      return .jobFailed
    }
    let choice = try ArtifactChoice("predictor_0.predictions", in: snapshot)
    let table = try await composition.artifacts(of: choice.party).get(choice.reference.hash)
    try write(csvBytes(of: try Table(table)))
    return .done
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    guard let output else { return Console.write(bytes) }
    try NewFiles.write(Data(bytes), to: output)
    Console.print("wrote \(output)")
  }

  // MARK: The model

  private func model(of old: JobHistory) throws -> ArtifactChoice {
    let snapshot = try old.started
    let place = PartyID(
      party ?? old.record.plan.members.first { $0.role == .guest }?.party.text ?? "")
    let models = snapshot.artifacts.filter { one in
      one.reference.kind == .model && one.reference.port == "model" && one.party == place
        && (task == nil || task == one.task.text)
    }
    guard let last = models.last else {
      throw Failure(
        "artifact-unknown", "the job '\(old.record.id)' has no model at '\(place)'",
        hint: "'moira artifacts \(old.record.id)' lists what it has")
    }
    return try ArtifactChoice("\(last.task).\(last.reference.port)@\(place)", in: snapshot)
  }

  private static func model(_ bytes: any ArtifactBytes) throws(Failure) -> LogisticModel {
    do {
      return try LogisticModel(artifact: bytes)
    } catch {
      throw Failure("artifact-corrupt", "the model cannot be read", cause: "\(error)")
    }
  }

  // MARK: The pipeline

  private func pipeline(
    _ plan: Plan, at party: PartyID, _ hash: ContentHash, applyScaling: Bool
  ) -> String {
    let id = id ?? Self.idColumn(of: plan, at: party)
    var reader: [(key: String, value: ConfigValue)] = [("dataset", .string(dataset))]
    if let id { reader.append(("id", .string(id))) }
    if let label { reader.append(("label", .string(label))) }
    return ConfigValue.map([
      ("moira", .int(1)), ("name", .string("predict")),
      ("parties", .map([("guest", .string(party.text))])),
      (
        "tasks",
        .map([
          (
            "model_reader_0", Self.task("model_reader", [:], [("artifact", .string(hash.text))])
          ), ("reader_0", Self.task("reader", [:], reader)),
          (
            "predictor_0",
            Self.task(
              "predictor", ["model": "model_reader_0.model", "data": "reader_0.table"],
              [("threshold", .double(threshold)), ("apply_scaling", .bool(applyScaling))])
          ),
        ])
      ),
    ]).json(indent: 2)
  }

  private static func task(
    _ component: String, _ inputs: KeyValuePairs<String, String>,
    _ parameters: [(key: String, value: ConfigValue)]
  ) -> ConfigValue {
    .map([
      ("component", .string(component)),
      ("inputs", .map(inputs.map { ($0.key, .string($0.value)) })),
      ("parameters", .map(parameters)),
    ])
  }

  /// The id column of the first reader that the party had.
  private static func idColumn(of plan: Plan, at party: PartyID) -> String? {
    for task in plan.tasks where task.component == "reader" {
      let part = task.parts.first { $0.party == party }
      if let id = part?.parameters.value["id"]?.string { return id }
    }
    return nil
  }

  private func run(
    _ loaded: LoadedPipeline, in store: any JobStore, _ composition: Composition
  ) async throws -> (JobSnapshot, JobID) {
    let job = JobID.drawn()
    let lock = try JobLock.acquire(job, home: home.folder)
    defer { withExtendedLifetime(lock) {} }
    let coordinator = try composition.coordinator(
      of: loaded.plan, at: loaded.parties, store: store)
    let running = try await coordinator.submit(loaded.plan, as: job, source: loaded.source)
    var board = RunBoard(plan: loaded.plan, job: job)
    for await update in running.updates { board.take(update) }
    if let broken = board.broken { throw broken }
    guard let snapshot = board.ended else {
      throw Failure("internal-error", "the job's updates ended before the job")
    }
    return (snapshot, job)
  }
}
