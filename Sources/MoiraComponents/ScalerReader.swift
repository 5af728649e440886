internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan

/// Brings in a scaler that an earlier job made.
struct ScalerReader: Component {
  static let card = ComponentCard(
    "scaler_reader", version: 1, roles: [.guest, .host],
    summary: "Brings in a scaler of an earlier job, by the hash of its artifact.")

  @Output("The scaler.", at: .guest, .host) var scaler: Artifact<Scaler>

  @Param(
    "The full hash of a scaler's artifact at this party, as 'moira artifacts' shows it.",
    .notEmpty)
  var artifact: String

  func run(in task: some TaskContext) async throws {
    let read = try await task.read(Artifact<Scaler>(of: ContentHash(artifact)))
    try await task.write(read, to: scaler)
    task.log("a scaler of \(read.features.count) features")
  }
}
