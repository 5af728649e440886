internal import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Brings in a model that an earlier job made.
struct ModelReader: Component {
  static let card = ComponentCard(
    "model_reader", version: 1, roles: [.guest, .host],
    summary:
      "Brings in a model of an earlier job, from an exported file or by the hash of its artifact.")

  @Output("The model.", at: .guest, .host) var model: Artifact<LogisticModel>

  @Param("An exported model's JSON file, relative to the party's folder.") var path: String?
  @Param("The full hash of a model's artifact at this party, as 'moira artifacts' shows it.")
  var artifact: String?

  func check(_ findings: inout ParameterFindings) {
    if (path == nil) == (artifact == nil) {
      findings.error(
        path == nil ? "path" : "artifact", "a model_reader needs one of 'path' and 'artifact'")
    }
  }

  func fingerprint(at site: some PartySite) async throws -> String? {
    if let path { return try await site.dataset(.path(path)).hash.text }
    return artifact
  }

  func run(in task: some TaskContext) async throws {
    let read: LogisticModel
    if let path {
      let file = try await task.dataset(.path(path))
      do {
        read = try LogisticModel(artifact: file.bytes)
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure(
          "model-unreadable", "'\(file.name)' at \(task.party) is not a model that moira exported",
          cause: "\(error)")
      }
    } else {
      read = try await task.read(Artifact<LogisticModel>(of: ContentHash(artifact ?? "")))
    }
    try await task.write(read, to: model)
    task.log("a model of \(read.features.count) features and \(read.classes.count) classes")
  }
}
