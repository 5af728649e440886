import ArgumentParser
import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraYAML

/// Writes a pipeline in the short form, from a file of FATE's or from one of ours.
struct ConvertCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a FATE pipeline in the short form; running either is the same.",
    discussion: """
      moira convert dag.yaml -o pipeline.yaml
      moira convert --dsl train_dsl.json --conf train_conf.json -o pipeline.yaml
      """)

  @Argument(
    help: "A DAG file of FATE 2.x, YAML or JSON.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String?
  @Option(help: "The dsl file of FATE 1.x; goes with '--conf'.", completion: .file()) var dsl:
    String?
  @Option(help: "The conf file of FATE 1.x; goes with '--dsl'.", completion: .file())
  var conf: String?
  @Option(
    name: .shortAndLong, help: "The file to write; by default it is printed.", completion: .file())
  var output: String?
  @Flag(help: "Write over a file that is there.") var force = false
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a field in place of the file's; may be repeated.",
      valueName: "task.parameter=value"))
  var sets: [String] = []
  @OptionGroup var home: HomeOptions
  var isJSON: Bool { false }

  func validate() throws {
    if file == nil, dsl == nil || conf == nil {
      throw ValidationError("name a file, or both '--dsl' and '--conf'")
    }
    if file != nil, dsl != nil || conf != nil {
      throw ValidationError("name a file, or '--dsl' and '--conf', but not both")
    }
  }

  func perform() async throws -> ExitStatus {
    let read = try await pipeline()
    guard let pipeline = read.pipeline, !read.diagnostics.hasErrors else {
      throw WrongText(diagnostics: read.diagnostics, sources: read.sources)
    }
    if !read.diagnostics.all.isEmpty {
      DiagnosticReport(read.diagnostics, sources: read.sources).show(asJSON: false)
    }
    guard let output else {
      Console.write(Array(pipeline.yaml.utf8))
      return .done
    }
    try NewFiles([(path: output, text: pipeline.yaml)]).write(force: force)
    Console.print("wrote \(output)")
    return .done
  }

  private func pipeline() async throws -> ReadPipeline {
    if let file {
      return await ReadPipeline(
        PipelineSource(file: file, text: try text(file), overrides: sets, parties: ""),
        home: home.folder)
    }
    let (dsl, conf) = (dsl ?? "", conf ?? "")
    return ReadPipeline(
      dsl: (dsl, try text(dsl)), conf: (conf, try text(conf)), overrides: sets)
  }

  private func text(_ file: String) throws(WrongText) -> String {
    do throws(Diagnostics) {
      return try TextFile.read(file)
    } catch {
      throw WrongText(diagnostics: error, sources: [:])
    }
  }
}
