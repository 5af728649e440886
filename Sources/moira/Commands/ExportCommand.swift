import ArgumentParser
import Foundation
import MoiraKit
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraTable

/// Writes an artifact: a table as CSV, a model or metrics as JSON.
struct ExportCommand: Subcommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, json
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write an artifact: a table as CSV, a model as JSON.",
    discussion: """
      moira export last homo_lr_0.model@hospital-a --output model.json
      moira export 3f2a91c0b7de
      """)

  @Argument(help: "The job, or the beginning of an artifact's hash.") var job: String
  @Argument(help: ArgumentHelp("The artifact in the job.", valueName: "task.port@party"))
  var artifact: String?
  @OptionGroup var home: HomeOptions
  @OptionGroup var hub: HubOptions
  @Option(name: .shortAndLong, help: "The file; by default it is printed.", completion: .file())
  var output: String?
  @Option(help: "csv or json; by default what its kind is.") var format: Format?
  var isJSON: Bool { false }

  func perform() async throws -> ExitStatus {
    let place = try JobPlace(home, hub)
    let choice = try await choice(in: place)
    if let access = place.hub {
      let bytes = try await access.artifact(choice)
      try write(try content(of: choice.reference, AlignedBytes(bytes)))
      return .done
    }
    let composition = Composition(home: home.folder)
    let hash = choice.reference.hash
    if composition.isSecret(hash, at: choice.party) {
      throw Failure(
        "artifact-secret",
        "'\(choice.task).\(choice.reference.port)' is kept for the agent of '\(choice.party)' alone",
        hint: "\(choice.reference.kind.phrase) is made anew where it is needed")
    }
    let bytes = try await composition.artifacts(of: choice.party).get(hash)
    try write(try content(of: choice.reference, bytes))
    return .done
  }

  private func choice(in place: JobPlace) async throws(Failure) -> ArtifactChoice {
    guard let artifact else { return try await .hashed(job, in: place.store) }
    let record = try await place.store.job(named: job)
    let history = try await JobHistory(record, in: place)
    return try ArtifactChoice(artifact, in: history.started)
  }

  private func content(
    of reference: ArtifactReference, _ bytes: any ArtifactBytes
  ) throws(Failure) -> [UInt8] {
    guard reference.kind == .table else {
      if format == .csv { throw wrongFormat(reference, "JSON") }
      return bytes.withBytes { Array($0) }
    }
    if format == .json { throw wrongFormat(reference, "CSV") }
    do {
      return csvBytes(of: try Table(bytes))
    } catch {
      throw Failure(
        "artifact-corrupt", "the table '\(reference.hash.short)' cannot be read",
        cause: "\(error)")
    }
  }

  private func wrongFormat(_ reference: ArtifactReference, _ right: String) -> Failure {
    Failure("export-format", "\(reference.kind.phrase) can be written as \(right) only")
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    guard let output else { return Console.write(bytes) }
    try NewFiles.write(Data(bytes), to: output)
    Console.print("wrote \(output)")
  }
}
